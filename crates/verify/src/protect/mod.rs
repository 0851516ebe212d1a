//! Protects the routes of an axum app: by an argument of the handler, or by a layer over many.

mod authenticated;
mod denied;
mod require_token;

pub use authenticated::Authenticated;
pub use denied::Denied;
pub use require_token::{RequireToken, RequireTokenService};
