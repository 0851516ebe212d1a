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
