#[cfg(feature = "axum")]
use carnet_shared::Claims;
#[cfg(feature = "axum")]
use serde::de::DeserializeOwned;

/// Claims whose token has passed the whole pipeline. Only [`crate::Verifier`] makes one, so a
/// function that takes it cannot be called with anything unverified.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified<T> {
    claims: T,
}

impl<T> Verified<T> {
    pub(crate) fn new(claims: T) -> Self {
        Self { claims }
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
        serde_json::from_value(claims).ok().map(Verified::new)
    }
}
