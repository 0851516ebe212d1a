#[cfg(feature = "axum")]
use carnet_shared::Claims;
#[cfg(feature = "axum")]
use serde::de::DeserializeOwned;

use crate::Algorithm;

/// Claims whose token has passed the whole pipeline. Only [`crate::Verifier`] makes one, so a
/// function that takes it cannot be called with anything unverified.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified<T> {
    claims: T,
    signed_with: (String, Algorithm),
}

impl<T> Verified<T> {
    pub(crate) fn new(claims: T, key_id: String, algorithm: Algorithm) -> Self {
        Self { claims, signed_with: (key_id, algorithm) }
    }

    /// The id of the key that the signature was verified with, and for which algorithm.
    pub(crate) fn signed_with(&self) -> (&str, Algorithm) {
        (&self.signed_with.0, self.signed_with.1)
    }

    /// What the token says.
    pub fn claims(&self) -> &T {
        &self.claims
    }

    /// The same, taken out.
    pub fn into_claims(self) -> T {
        self.claims
    }
}

#[cfg(feature = "axum")]
impl Verified<Claims> {
    /// The same with the deployment's own claims as a type, if they are such.
    pub(crate) fn with_custom<C: DeserializeOwned>(self) -> Option<Verified<Claims<C>>> {
        let claims = serde_json::to_value(self.claims).ok()?;
        let claims = serde_json::from_value(claims).ok()?;
        Some(Verified { claims, signed_with: self.signed_with })
    }
}
