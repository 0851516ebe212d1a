//! What is measured by itself and is otherwise nobody's but this crate's.

use carnet_shared::{Attempt, Delivery, Secret};
use uuid::Uuid;

use super::decide::{Presented, decide};
use super::refresh_token::RefreshToken;
use crate::keys::MacKey;
use crate::store::SessionRow;

/// Computes and writes the refresh token of a generation.
pub fn seal_refresh_token(key: &MacKey, generation: u32) -> Secret {
    let token = RefreshToken::first(Delivery::Body, Uuid::from_u128(1), [7; 16]);
    token.at(generation).encode(key)
}

/// Reads a refresh token; whether it is one.
pub fn open_refresh_token(key: &MacKey, text: &str) -> bool {
    RefreshToken::bytes(text).and_then(|bytes| RefreshToken::decode(&bytes, key)).is_some()
}

/// Decides on a refresh token of this generation; whether it leads to an access token.
pub fn decide_refresh(row: &SessionRow, generation: u32, attempt: &Attempt, now: i64) -> bool {
    let presented = Presented::new(generation, row.secret_hash.clone(), Some(attempt), None);
    decide(Some(row), &presented, now, 10).grants()
}
