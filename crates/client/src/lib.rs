//! The session client of Carnet: it keeps the tokens, sends them along, renews them before they
//! expire, and tells who is signed in. It knows nothing of any framework.
//!
//! [`AuthClient`] is what an app uses. Behind it, [`engine`] decides and [`edges`] are everything
//! that it touches; in a browser they come from `AuthClient::in_browser`, in tests from fakes.

#[cfg(target_arch = "wasm32")]
mod browser;
mod client;
pub mod edges;
pub mod engine;
mod error;
mod incident;
mod local_path;
mod message;
mod random;
mod settings;
mod state;
mod stored;

pub use client::AuthClient;
pub use error::AuthError;
pub use incident::Incident;
pub use local_path::is_local_path;
pub use message::Message;
pub use settings::{ClientSettings, StorageKind};
pub use state::{AuthState, SignOutReason};
pub use stored::{Record, Save, Stored, Tokens};
