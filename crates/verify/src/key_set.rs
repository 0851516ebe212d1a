use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use thiserror::Error;

use crate::{Algorithm, Refusal};

/// RFC 7518 §3.2: an HMAC key is at least as long as the hash.
const LEAST_SECRET_BYTES: usize = 32;
/// RFC 7518 §3.3.
const LEAST_MODULUS_BITS: usize = 2048;
/// Smaller exponents have been broken again and again (FIPS 186-5 §5.1).
const LEAST_EXPONENT: u64 = 65_537;

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyRefusal {
    /// Its `alg` is missing or none that is accepted, or does not go with its kind.
    #[error("its algorithm is none that is accepted, or does not go with the key")]
    Algorithm,
    /// It is too short, or its exponent is too small.
    #[error("it is too weak: RSA needs 2048 bits and an exponent of 65537, HMAC 32 bytes")]
    Weak,
    /// Its members cannot be read.
    #[error("it cannot be read")]
    Unreadable,
}

/// A key that signatures are verified with.
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl VerifyingKey {
    /// Reads a public key from its published form (RFC 7517), whose `alg` must be one that is
    /// accepted. Symmetric keys are refused: what everybody can read signs nothing.
    ///
    /// # Errors
    /// When it is of no kind that is accepted here, or too weak.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyRefusal> {
        let name = jwk.common.key_algorithm.map(|algorithm| algorithm.to_string());
        let algorithm = name.and_then(|name| Algorithm::parse(&name));
        let algorithm = algorithm.ok_or(KeyRefusal::Algorithm)?;
        match (algorithm, &jwk.algorithm) {
            (Algorithm::ES256, AlgorithmParameters::EllipticCurve(key))
                if key.curve == EllipticCurve::P256 => {}
            (Algorithm::ES384, AlgorithmParameters::EllipticCurve(key))
                if key.curve == EllipticCurve::P384 => {}
            (Algorithm::EdDSA, AlgorithmParameters::OctetKeyPair(key))
                if key.curve == EllipticCurve::Ed25519 => {}
            (Algorithm::RS256 | Algorithm::PS256, AlgorithmParameters::RSA(key)) => {
                require_strong_rsa(&key.n, &key.e)?;
            }
            _ => return Err(KeyRefusal::Algorithm),
        }
        let key = DecodingKey::from_jwk(jwk).map_err(|_| KeyRefusal::Unreadable)?;
        Ok(Self { algorithm, key })
    }

    /// A secret that is shared with the issuer, for HS256.
    ///
    /// # Errors
    /// When it has fewer than 32 bytes.
    pub fn from_secret(secret: &[u8]) -> Result<Self, KeyRefusal> {
        if secret.len() < LEAST_SECRET_BYTES {
            return Err(KeyRefusal::Weak);
        }
        Ok(Self { algorithm: Algorithm::HS256, key: DecodingKey::from_secret(secret) })
    }
}

fn require_strong_rsa(modulus: &str, exponent: &str) -> Result<(), KeyRefusal> {
    let number = |text: &str| -> Result<Vec<u8>, KeyRefusal> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyRefusal::Unreadable)?;
        Ok(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
    };
    let (modulus, exponent) = (number(modulus)?, number(exponent)?);
    let top = modulus.first().map_or(8, |byte| byte.leading_zeros() as usize);
    let bits = (modulus.len() * 8).saturating_sub(top);
    let is_small = exponent.len() <= 8
        && exponent.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte)) < LEAST_EXPONENT;
    let is_even = exponent.last().is_none_or(|byte| byte % 2 == 0);
    if bits < LEAST_MODULUS_BITS || is_small || is_even { Err(KeyRefusal::Weak) } else { Ok(()) }
}

/// Keys by their id.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: HashMap<String, VerifyingKey>,
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
            if let (Some(kid), Ok(key)) = (&jwk.common.key_id, VerifyingKey::from_jwk(jwk)) {
                set.insert(kid.clone(), key);
            }
        }
        set
    }

    /// Whether there is a key of this id.
    pub fn contains(&self, kid: &str) -> bool {
        self.keys.contains_key(kid)
    }

    /// Whether there is no key at all.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Adds a key.
    pub fn insert(&mut self, kid: String, key: VerifyingKey) {
        self.keys.insert(kid, key);
    }

    /// The key of this id, if it is for this algorithm.
    pub(crate) fn find(&self, kid: &str, algorithm: Algorithm) -> Result<&VerifyingKey, Refusal> {
        let key = self.keys.get(kid).filter(|key| key.algorithm == algorithm);
        key.ok_or(Refusal::UnknownKey)
    }

    /// Checks a signature with the key of this id, if it is for this algorithm.
    pub(crate) fn check(
        &self,
        kid: &str,
        algorithm: Algorithm,
        message: &str,
        signature: &str,
    ) -> Result<(), Refusal> {
        let key = self.find(kid, algorithm)?;
        let matches = jsonwebtoken::crypto::verify(
            signature,
            message.as_bytes(),
            &key.key,
            algorithm.library_name(),
        );
        if matches.unwrap_or(false) { Ok(()) } else { Err(Refusal::Signature) }
    }
}
