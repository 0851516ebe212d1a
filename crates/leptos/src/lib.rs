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
mod browser;
mod client;
mod dates;
mod devices;
mod forms;
mod fresh;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod guards;
mod handover;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod notices;
mod page;
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
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod style;
mod texts;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod user_button;

pub use auth::{Auth, provide_carnet, use_auth, use_just_done};
pub use browser::DONE_IN_QUERY;
/// Why somebody is no longer signed in.
pub use carnet_client::SignOutReason;
/// What [`Auth::state`] and [`Handover`] are made of.
pub use carnet_client::{AuthClient, AuthError, AuthState, ClientSettings, StorageKind};
pub use client::CarnetClient;
pub use dates::day;
pub use devices::Devices;
pub use forms::{
    ChangePasswordForm, Done, FORM_IN_QUERY, FormName, FormOutcome, ProfileForm, SignInForm,
    SignOutButton, SignUpForm, Submitted, Trouble, signed_out,
};
pub use guards::{RequireRole, RequireUser};
pub use handover::{Handover, WrittenSessions};
pub use notices::{DoneNotice, Notices};
pub use page::form_came_back;
pub use provider::CarnetProvider;
pub use rebuild::rebuild_for;
pub use refused::{Refused, ServerError};
pub use requirement::{Requirement, Verdict};
pub use return_to::{return_to, sign_in_path};
pub use routes::{RoleRoute, UserRoute};
pub use shown::{SignedIn, SignedOut};
pub use style::CarnetStyle;
#[cfg(feature = "ssr")]
pub use style::STYLE_SHEET;
#[cfg(feature = "ssr")]
pub use texts::{Language, LanguageError, Missing};
pub use texts::{Text, Texts, use_texts};
pub use user_button::UserButton;
