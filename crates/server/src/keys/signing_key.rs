use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_shared::Claims;
use carnet_verify::Algorithm;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{EncodingKey, errors};
use serde_json::json;
use zeroize::Zeroizing;

/// A key that signs access tokens.
pub struct SigningKey {
    kid: String,
    algorithm: Algorithm,
    key: EncodingKey,
    jwk: Jwk,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SigningKey({} {})", self.algorithm.as_str(), self.kid)
    }
}

impl SigningKey {
    /// Makes the private key of a new signing key, as PKCS#8. The cryptographic library draws its
    /// own randomness: it takes no other.
    pub fn generate(algorithm: Algorithm) -> Zeroizing<Vec<u8>> {
        let random = SystemRandom::new();
        let pkcs8 = match algorithm {
            Algorithm::ES256 => {
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            }
            Algorithm::ES384 => {
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random)
            }
            Algorithm::EdDSA => Ed25519KeyPair::generate_pkcs8v1(&random),
        };
        let pkcs8 = pkcs8.expect("a key is made whenever there is randomness");
        Zeroizing::new(pkcs8.as_ref().to_vec())
    }

    /// Reads a private key in PKCS#8 and computes its public form; the `kid` is its thumbprint
    /// (RFC 7638).
    ///
    /// # Errors
    /// When it is no key for this algorithm.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, errors::Error> {
        let key = match algorithm {
            Algorithm::ES256 | Algorithm::ES384 => EncodingKey::from_ec_der(pkcs8),
            Algorithm::EdDSA => EncodingKey::from_ed_der(pkcs8),
        };
        let mut jwk = Jwk::from_encoding_key(&key, algorithm.library_name())?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { kid, algorithm, key, jwk })
    }

    /// Its id.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its public form.
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// Signs an access token whose header has exactly `typ`, `alg` and `kid` (RFC 9068 §2.1).
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn sign(&self, claims: &Claims) -> Result<String, errors::Error> {
        let header = json!({"typ": "at+jwt", "alg": self.algorithm.as_str(), "kid": self.kid});
        let message = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?)
        );
        let algorithm = self.algorithm.library_name();
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, algorithm)?;
        Ok(format!("{message}.{signature}"))
    }
}
