use std::collections::HashMap;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{Jwk, JwkSet};

use crate::{Algorithm, Refusal};

/// A key that signatures are verified with.
#[derive(Debug, Clone)]
pub struct PublicKey {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl PublicKey {
    /// Reads a key from its published form.
    ///
    /// # Errors
    /// [`Refusal::UnknownKey`] when it is of no kind that is accepted here.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, Refusal> {
        use jsonwebtoken::jwk::KeyAlgorithm;
        let algorithm = match jwk.common.key_algorithm {
            Some(KeyAlgorithm::ES256) => Algorithm::ES256,
            Some(KeyAlgorithm::ES384) => Algorithm::ES384,
            Some(KeyAlgorithm::EdDSA) => Algorithm::EdDSA,
            _ => return Err(Refusal::UnknownKey),
        };
        let key = DecodingKey::from_jwk(jwk).map_err(|_| Refusal::UnknownKey)?;
        Ok(Self { algorithm, key })
    }
}

/// Keys by their id.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: HashMap<String, PublicKey>,
}

impl KeySet {
    /// No keys yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a JWKS (RFC 7517 §5), passing over keys of other kinds as the RFC asks.
    pub fn from_jwks(jwks: &JwkSet) -> Self {
        let mut set = Self::new();
        for jwk in &jwks.keys {
            if let (Some(kid), Ok(key)) = (&jwk.common.key_id, PublicKey::from_jwk(jwk)) {
                set.insert(kid.clone(), key);
            }
        }
        set
    }

    /// Adds a key.
    pub fn insert(&mut self, kid: String, key: PublicKey) {
        self.keys.insert(kid, key);
    }

    /// Checks a signature with the key of this id, if it is for this algorithm.
    pub(crate) fn check(
        &self,
        kid: &str,
        algorithm: Algorithm,
        message: &str,
        signature: &str,
    ) -> Result<(), Refusal> {
        let key = self
            .keys
            .get(kid)
            .filter(|key| key.algorithm == algorithm)
            .ok_or(Refusal::UnknownKey)?;
        let matches = jsonwebtoken::crypto::verify(
            signature,
            message.as_bytes(),
            &key.key,
            algorithm.library_name(),
        );
        if matches.unwrap_or(false) { Ok(()) } else { Err(Refusal::Signature) }
    }
}
