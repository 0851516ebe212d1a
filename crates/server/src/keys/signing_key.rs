use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_shared::Claims;
use carnet_verify::{Algorithm, KeyRefusal, VerifyingKey};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{EncodingKey, errors};
use serde::Serialize;
use serde_json::json;
use zeroize::Zeroizing;

use crate::random::Random;

/// A private key that cannot be printed: PKCS#8 for curves, PKCS#1 for RSA, the bytes themselves
/// for HMAC.
pub type PrivateKey = Zeroizing<Vec<u8>>;

/// A key that signs access tokens.
pub struct SigningKey {
    kid: String,
    algorithm: Algorithm,
    /// That of its tokens, in base64url.
    header: String,
    signer: Signer,
    verifying: VerifyingKey,
    jwk: Option<Jwk>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SigningKey({} {})", self.algorithm.as_str(), self.kid)
    }
}

/// What signs. jsonwebtoken reads a private key anew for every signature, which costs as much as
/// signing does with those that can be kept read.
enum Signer {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
    Library(EncodingKey),
}

impl Signer {
    fn read(algorithm: Algorithm, key: EncodingKey) -> Result<Self, KeyRefusal> {
        let unreadable = |_| KeyRefusal::Unreadable;
        match algorithm {
            Algorithm::ES256 | Algorithm::ES384 => {
                EcdsaKeyPair::from_pkcs8(curve(algorithm), key.as_bytes()).map(Self::Ecdsa)
            }
            Algorithm::EdDSA => Ed25519KeyPair::from_pkcs8(key.as_bytes()).map(Self::Ed25519),
            Algorithm::RS256 | Algorithm::PS256 => {
                RsaKeyPair::from_der(key.as_bytes()).map(Self::Rsa)
            }
            Algorithm::HS256 => Ok(Self::Library(key)),
        }
        .map_err(unreadable)
    }

    /// The signature in base64url.
    fn sign(&self, message: &[u8], algorithm: Algorithm) -> Result<String, errors::Error> {
        match self {
            Self::Ecdsa(key) => {
                let signature = key.sign(&SystemRandom::new(), message);
                let failed = |_| errors::ErrorKind::InvalidEcdsaKey;
                Ok(URL_SAFE_NO_PAD.encode(signature.map_err(failed)?))
            }
            Self::Ed25519(key) => Ok(URL_SAFE_NO_PAD.encode(key.sign(message))),
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                let signed =
                    key.sign(padding(algorithm), &SystemRandom::new(), message, &mut signature);
                signed.map_err(|_| errors::ErrorKind::RsaFailedSigning)?;
                Ok(URL_SAFE_NO_PAD.encode(signature))
            }
            Self::Library(key) => {
                jsonwebtoken::crypto::sign(message, key, algorithm.library_name())
            }
        }
    }
}

/// Makes the private key of a new signing key. The cryptographic library draws its own randomness
/// for all but HMAC: it takes no other.
pub(super) fn generate(algorithm: Algorithm, random: &dyn Random) -> PrivateKey {
    let made = "a key is made whenever there is randomness";
    let system = SystemRandom::new();
    match algorithm {
        Algorithm::ES256 | Algorithm::ES384 => {
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(curve(algorithm), &system).expect(made);
            Zeroizing::new(pkcs8.as_ref().to_vec())
        }
        Algorithm::EdDSA => {
            let pkcs8 = Ed25519KeyPair::generate_pkcs8v1(&system).expect(made);
            Zeroizing::new(pkcs8.as_ref().to_vec())
        }
        Algorithm::RS256 | Algorithm::PS256 => {
            // 3072 bits are as strong as the curves are.
            rsa_bytes(&RsaKeyPair::generate(KeySize::Rsa3072).expect(made)).expect(made)
        }
        Algorithm::HS256 => Zeroizing::new(random.bytes::<32>().to_vec()),
    }
}

/// The curve of an algorithm that has one; P-256 for all others.
pub(super) fn curve(algorithm: Algorithm) -> &'static EcdsaSigningAlgorithm {
    match algorithm {
        Algorithm::ES384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        _ => &ECDSA_P256_SHA256_FIXED_SIGNING,
    }
}

/// The padding of an RSA signature.
fn padding(algorithm: Algorithm) -> &'static dyn RsaEncoding {
    match algorithm {
        Algorithm::PS256 => &RSA_PSS_SHA256,
        _ => &RSA_PKCS1_SHA256,
    }
}

/// Whether making a key or a signature takes milliseconds, in which an async thread would serve
/// nobody.
pub(super) fn is_slow(algorithm: Algorithm) -> bool {
    matches!(algorithm, Algorithm::RS256 | Algorithm::PS256)
}

/// An RSA key as the signing library takes it: PKCS#1, unwrapped from the PKCS#8 that the
/// cryptographic library gives.
pub(super) fn rsa_bytes(key: &RsaKeyPair) -> Option<PrivateKey> {
    let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(key).ok()?;
    let pem = Zeroizing::new(pem::encode(&pem::Pem::new("PRIVATE KEY", pkcs8.as_ref())));
    let key = EncodingKey::from_rsa_pem(pem.as_bytes()).ok()?;
    Some(Zeroizing::new(key.as_bytes().to_vec()))
}

impl SigningKey {
    /// Reads a private key and computes its public form; the `kid` is its thumbprint (RFC 7638). An
    /// HMAC key has no public form, and a thumbprint of it would help to guess it: its `kid` is the
    /// one given.
    ///
    /// # Errors
    /// When it is no key for this algorithm, or too weak.
    pub fn read(
        algorithm: Algorithm,
        private: &PrivateKey,
        hmac_kid: &str,
    ) -> Result<Self, KeyRefusal> {
        let unreadable = |_| KeyRefusal::Unreadable;
        let key = match algorithm {
            Algorithm::ES256 | Algorithm::ES384 => EncodingKey::from_ec_der(private),
            Algorithm::EdDSA => EncodingKey::from_ed_der(private),
            Algorithm::RS256 | Algorithm::PS256 => EncodingKey::from_rsa_der(private),
            Algorithm::HS256 => {
                let verifying = VerifyingKey::from_secret(private)?;
                let signer = Signer::Library(EncodingKey::from_secret(private));
                return Ok(Self::of(hmac_kid.to_owned(), algorithm, signer, verifying, None));
            }
        };
        let mut jwk = Jwk::from_encoding_key(&key, algorithm.library_name()).map_err(unreadable)?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(unreadable)?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let verifying = VerifyingKey::from_jwk(&jwk)?;
        let signer = Signer::read(algorithm, key)?;
        Ok(Self::of(kid, algorithm, signer, verifying, Some(jwk)))
    }

    /// Tokens have a header of exactly `typ`, `alg` and `kid` (RFC 9068 §2.1).
    fn of(
        kid: String,
        algorithm: Algorithm,
        signer: Signer,
        verifying: VerifyingKey,
        jwk: Option<Jwk>,
    ) -> Self {
        let header = json!({"typ": "at+jwt", "alg": algorithm.as_str(), "kid": kid});
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        Self { kid, algorithm, header, signer, verifying, jwk }
    }

    /// Its id.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What its signatures are verified with.
    pub fn verifying(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// Its public form, where it has one.
    pub fn jwk(&self) -> Option<&Jwk> {
        self.jwk.as_ref()
    }

    /// Signs an access token.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn sign<C: Serialize>(&self, claims: &Claims<C>) -> Result<String, errors::Error> {
        let claims = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?);
        let message = format!("{}.{claims}", self.header);
        let signature = self.signer.sign(message.as_bytes(), self.algorithm)?;
        Ok(format!("{message}.{signature}"))
    }
}
