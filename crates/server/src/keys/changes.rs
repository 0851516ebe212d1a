use super::KeyState;
use crate::store::KeyRow;

/// When a new key begins to make tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyChange {
    /// At once. A service that caches the JWKS must fetch it again when it meets an unknown `kid`.
    Now,
    /// After everybody who keeps the JWKS has seen it.
    Announced,
}

/// A key as it is listed: never what it is.
#[derive(Debug)]
pub struct KeyListing {
    /// Its row.
    pub row: KeyRow,
    /// What it does now.
    pub state: KeyState,
}

/// What a revocation did.
#[derive(Debug)]
pub struct Revocation {
    /// The key that makes the tokens instead, where the revoked one did.
    pub replacement: Option<String>,
    /// Sessions that ended with a key of refresh tokens.
    pub sessions: Vec<String>,
}
