//! Access tokens, refresh tokens, and the rules by which one leads to the next.

mod access;
mod answer;
mod decide;
mod refresh_token;
mod rotate;

pub(crate) use access::Granted;
pub(crate) use answer::token_response;
pub(crate) use refresh_token::RefreshToken;
pub(crate) use rotate::{Rotation, refuse_first, rotate};
