use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_shared::Secret;
use carnet_verify::{Algorithm, KeyRefusal};
use serde::Deserialize;
use thiserror::Error;
use zeroize::Zeroizing;

use super::signing_key::{PrivateKey, SigningKey, curve, rsa_bytes};

/// A signing key that a deployment brings along.
pub struct ImportedKey {
    /// What it signs with.
    pub algorithm: Algorithm,
    /// The key itself.
    pub private: PrivateKey,
}

/// Why a file holds no key that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ImportError {
    /// Neither PEM nor JWK.
    #[error("it is neither a PEM nor a JWK")]
    Format,
    /// A public key or a certificate.
    #[error("it holds no private key")]
    Public,
    /// A password would be needed.
    #[error("it is encrypted; decrypt it first, as with `openssl pkey`")]
    Encrypted,
    /// Its kind does not go with the algorithm, or there is none for it.
    #[error("it is no key for {0}; accepted are P-256, P-384, Ed25519, RSA and HMAC")]
    Algorithm(&'static str),
    /// An RSA key without its primes.
    #[error("it lacks p, q, dp, dq or qi, which signing needs")]
    Incomplete,
    /// As the verifier says.
    #[error("{0}")]
    Refused(#[from] KeyRefusal),
}

/// Reads a private key: a PEM (PKCS#8, PKCS#1, SEC 1) or a JWK (RFC 7517). The algorithm is the one
/// wanted, else the JWK's `alg`, else what the kind of key suggests.
///
/// # Errors
/// Why it cannot be used.
pub fn import_key(text: &str, wanted: Option<Algorithm>) -> Result<ImportedKey, ImportError> {
    let text = text.trim();
    let key = if text.starts_with('{') { from_jwk(text, wanted) } else { from_pem(text, wanted) }?;
    // Finds weak keys, and curves that are not the algorithm's.
    SigningKey::read(key.algorithm, &key.private, "")?;
    Ok(key)
}

fn from_pem(text: &str, wanted: Option<Algorithm>) -> Result<ImportedKey, ImportError> {
    let pem = pem::parse(text).map_err(|_| ImportError::Format)?;
    match pem.tag() {
        "PRIVATE KEY" | "EC PRIVATE KEY" | "RSA PRIVATE KEY" => {}
        "ENCRYPTED PRIVATE KEY" => return Err(ImportError::Encrypted),
        _ => return Err(ImportError::Public),
    }
    if text.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(ImportError::Encrypted);
    }
    let der = Zeroizing::new(pem.into_contents());
    let (default, private) = read_der(&der).ok_or(KeyRefusal::Unreadable)?;
    with_algorithm(default, wanted, private)
}

/// The private key, and the algorithm that is usual for its kind.
fn read_der(der: &[u8]) -> Option<(Algorithm, PrivateKey)> {
    for algorithm in [Algorithm::ES256, Algorithm::ES384] {
        if let Ok(key) = EcdsaKeyPair::from_private_key_der(curve(algorithm), der) {
            let pkcs8 = key.to_pkcs8v1().ok()?;
            return Some((algorithm, Zeroizing::new(pkcs8.as_ref().to_vec())));
        }
    }
    if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
        let pkcs8 = key.to_pkcs8v1().ok()?;
        return Some((Algorithm::EdDSA, Zeroizing::new(pkcs8.as_ref().to_vec())));
    }
    let rsa = RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der)).ok()?;
    Some((Algorithm::RS256, rsa_bytes(&rsa)?))
}

/// RSA keys serve two algorithms; every other kind serves one.
fn with_algorithm(
    default: Algorithm,
    wanted: Option<Algorithm>,
    private: PrivateKey,
) -> Result<ImportedKey, ImportError> {
    let algorithm = wanted.unwrap_or(default);
    let is_rsa = |algorithm| matches!(algorithm, Algorithm::RS256 | Algorithm::PS256);
    if algorithm == default || (is_rsa(algorithm) && is_rsa(default)) {
        Ok(ImportedKey { algorithm, private })
    } else {
        Err(ImportError::Algorithm(algorithm.as_str()))
    }
}

/// The members that a private JWK may have (RFC 7518 §6, RFC 8037 §2).
#[derive(Deserialize)]
struct PrivateJwk {
    kty: String,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<Member>,
    y: Option<Member>,
    d: Option<Member>,
    n: Option<Member>,
    e: Option<Member>,
    p: Option<Member>,
    q: Option<Member>,
    dp: Option<Member>,
    dq: Option<Member>,
    qi: Option<Member>,
    k: Option<Member>,
}

/// The bytes of one member.
#[derive(Deserialize)]
#[serde(try_from = "Secret")]
struct Member(Zeroizing<Vec<u8>>);

impl TryFrom<Secret> for Member {
    type Error = base64::DecodeError;

    fn try_from(text: Secret) -> Result<Self, Self::Error> {
        URL_SAFE_NO_PAD.decode(text.expose()).map(|bytes| Self(Zeroizing::new(bytes)))
    }
}

fn from_jwk(text: &str, wanted: Option<Algorithm>) -> Result<ImportedKey, ImportError> {
    let jwk: PrivateJwk = serde_json::from_str(text).map_err(|_| ImportError::Format)?;
    let named = match &jwk.alg {
        None => None,
        Some(name) => Some(Algorithm::parse(name).ok_or(ImportError::Algorithm("that alg"))?),
    };
    let wanted = wanted.or(named);
    match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("EC", Some("P-256")) => {
            with_algorithm(Algorithm::ES256, wanted, ec(Algorithm::ES256, &jwk)?)
        }
        ("EC", Some("P-384")) => {
            with_algorithm(Algorithm::ES384, wanted, ec(Algorithm::ES384, &jwk)?)
        }
        ("OKP", Some("Ed25519")) => with_algorithm(Algorithm::EdDSA, wanted, ed25519(&jwk)?),
        ("RSA", _) => with_algorithm(Algorithm::RS256, wanted, rsa(&jwk)?),
        ("oct", _) => {
            let secret = jwk.k.ok_or(ImportError::Public)?.0;
            with_algorithm(Algorithm::HS256, wanted, secret)
        }
        _ => Err(ImportError::Algorithm("that curve or kind")),
    }
}

fn ec(algorithm: Algorithm, jwk: &PrivateJwk) -> Result<PrivateKey, ImportError> {
    let d = jwk.d.as_ref().ok_or(ImportError::Public)?;
    let (Some(x), Some(y)) = (&jwk.x, &jwk.y) else { return Err(KeyRefusal::Unreadable.into()) };
    let point = [&[4], x.0.as_slice(), y.0.as_slice()].concat();
    let key = EcdsaKeyPair::from_private_key_and_public_key(curve(algorithm), &d.0, &point)
        .map_err(|_| KeyRefusal::Unreadable)?;
    let pkcs8 = key.to_pkcs8v1().map_err(|_| KeyRefusal::Unreadable)?;
    Ok(Zeroizing::new(pkcs8.as_ref().to_vec()))
}

fn ed25519(jwk: &PrivateJwk) -> Result<PrivateKey, ImportError> {
    let d = jwk.d.as_ref().ok_or(ImportError::Public)?;
    let x = jwk.x.as_ref().ok_or(KeyRefusal::Unreadable)?;
    let key =
        Ed25519KeyPair::from_seed_and_public_key(&d.0, &x.0).map_err(|_| KeyRefusal::Unreadable)?;
    let pkcs8 = key.to_pkcs8v1().map_err(|_| KeyRefusal::Unreadable)?;
    Ok(Zeroizing::new(pkcs8.as_ref().to_vec()))
}

fn rsa(jwk: &PrivateJwk) -> Result<PrivateKey, ImportError> {
    let d = jwk.d.as_ref().ok_or(ImportError::Public)?;
    let (Some(n), Some(e)) = (&jwk.n, &jwk.e) else { return Err(KeyRefusal::Unreadable.into()) };
    let (Some(p), Some(q), Some(dp), Some(dq), Some(qi)) =
        (&jwk.p, &jwk.q, &jwk.dp, &jwk.dq, &jwk.qi)
    else {
        return Err(ImportError::Incomplete);
    };
    if n.0.len() < 256 {
        return Err(KeyRefusal::Weak.into());
    }
    let key = RsaKeyPair::from_components(&KeyPairComponents {
        public_key: PublicKeyComponents { n: n.0.as_slice(), e: e.0.as_slice() },
        d: d.0.as_slice(),
        p: p.0.as_slice(),
        q: q.0.as_slice(),
        dP: dp.0.as_slice(),
        dQ: dq.0.as_slice(),
        qInv: qi.0.as_slice(),
    })
    .map_err(|_| KeyRefusal::Unreadable)?;
    rsa_bytes(&key).ok_or_else(|| KeyRefusal::Unreadable.into())
}

#[cfg(test)]
mod tests;
