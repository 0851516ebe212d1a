//! Sign-in for a Leptos app: who is signed in, as a signal, on the server and in the browser alike.
//!
//! Put [`CarnetProvider`] around the app. Everything below it may ask [`use_auth`], show parts of a
//! page to those who are signed in ([`SignedIn`], [`SignedOut`]), and guard others ([`RequireUser`],
//! [`RequireRole`]) or whole routes ([`UserRoute`], [`RoleRoute`]):
//!
//! ```
//! use carnet_leptos::{CarnetProvider, SignedIn, SignedOut, use_auth};
//! use leptos::prelude::*;
//!
//! #[component]
//! fn App() -> impl IntoView {
//!     view! { <CarnetProvider><Greeting /></CarnetProvider> }
//! }
//!
//! #[component]
//! fn Greeting() -> impl IntoView {
//!     let user = use_auth().user();
//!     view! {
//!         <SignedIn>"Hello, " {move || user.get().map(|user| user.username)}</SignedIn>
//!         <SignedOut><a href="/login">"Sign in"</a></SignedOut>
//!     }
//! }
//! ```
//!
//! On the server, a layer of `carnet-server` finds out who asks before anything is rendered; the page
//! carries what it found to the browser, so both render the same and nothing is requested twice.
//!
//! Server functions name [`CarnetClient`] as their client, and ask in the module `server` who calls
//! them.

mod auth;
mod client;
mod fresh;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod guards;
mod handover;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod provider;
mod rebuild;
mod refused;
mod requirement;
mod return_to;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod routes;
#[cfg(feature = "ssr")]
pub mod server;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod shown;

pub use auth::{Auth, provide_carnet, use_auth};
/// What [`Auth::state`] and [`Handover`] are made of.
pub use carnet_client::{AuthClient, AuthError, AuthState, ClientSettings, StorageKind};
pub use client::CarnetClient;
pub use guards::{RequireRole, RequireUser};
pub use handover::Handover;
pub use provider::CarnetProvider;
pub use rebuild::rebuild_for;
pub use refused::{Refused, ServerError};
pub use requirement::{Requirement, Verdict};
pub use return_to::{return_to, sign_in_path};
pub use routes::{RoleRoute, UserRoute};
pub use shown::{SignedIn, SignedOut};
