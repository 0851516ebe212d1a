//! The auth context for Leptos: who is signed in, as a signal, and the client behind it. Any app
//! can mount it; Carnet's own pages use nothing else.
//!
//! The server renders with a seed, and the browser goes on from the same one:
//!
//! ```
//! use carnet_app::auth::{SignedIn, SignedOut, provide_auth, use_auth};
//! use carnet_client::{AuthState, ClientSettings};
//! use leptos::prelude::*;
//!
//! #[component]
//! fn Shop(seed: AuthState, settings: ClientSettings) -> impl IntoView {
//!     provide_auth(seed, settings);
//!     let user = use_auth().user();
//!     view! {
//!         <SignedIn>"Hello, " {move || user.get().map(|user| user.username)}</SignedIn>
//!         <SignedOut><a href="/login">"Sign in"</a></SignedOut>
//!     }
//! }
//! ```

mod anew;
mod context;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod guards;
mod return_to;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod when;

pub(crate) use anew::anew_for;
pub use context::{Auth, provide_auth, use_auth};
pub use guards::{RequireRole, RequireUser};
pub use return_to::{return_to, sign_in_path};
pub use when::{SignedIn, SignedOut};
