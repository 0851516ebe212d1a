//! Access tokens, refresh tokens, and the rules by which one leads to the next.

mod access;
mod answer;
pub mod benched;
mod claims;
mod decide;
mod foretell;
mod refresh_token;
mod rotate;

pub(crate) use access::{Granted, longest_access_token, longest_bare_token};
pub(crate) use answer::token_response;
pub use claims::ClaimHook;
pub(crate) use claims::ClaimSource;
pub(crate) use decide::over;
pub(crate) use foretell::foretell;
pub(crate) use refresh_token::{RefreshToken, is_same_secret};
pub(crate) use rotate::{Rotation, refuse_first, rotate};
