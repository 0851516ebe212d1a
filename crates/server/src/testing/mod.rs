//! For the tests of an app that has Carnet inside: a Carnet of the test's own, a clock that the test
//! turns, and people who are signed in. There with the feature `testing`, which belongs among the
//! features of a dev-dependency: it adds this module and changes nothing else, so that a release built
//! with it is still the same server.
//!
//! ```
//! use axum::body::Body;
//! use axum::http::{Request, StatusCode, header};
//! use axum::{Router, routing::get};
//! use carnet_server::{Current, testing::TestCarnet};
//! use tower::ServiceExt;
//!
//! async fn greeting(current: Current) -> String {
//!     format!("Hello, {}.", current.claims.username)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let carnet = TestCarnet::start().await;
//! let app = Router::new().route("/greeting", get(greeting)).with_state(carnet.app().clone());
//!
//! let ada = carnet.signed_in("ada").await;
//! let request = Request::get("/greeting").header(header::AUTHORIZATION, ada.authorization());
//! let answer = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
//! assert_eq!(answer.status(), StatusCode::OK);
//! # }
//! ```
//!
//! People sign in the way they do everywhere: their password is checked, a session begins, and its
//! tokens are verified by the same code as in a release. What is cheap here is the hash of the
//! password.

mod account;
mod carnet;
mod clock;
mod folder;
mod signed_in;

pub use account::{PASSWORD, TestAccount};
pub use carnet::{TestCarnet, TestCarnetBuilder};
pub use clock::TestClock;
pub use signed_in::SignedIn;
