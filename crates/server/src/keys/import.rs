mod pem_file;

use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_shared::Secret;
use carnet_verify::{Algorithm, KeyRefusal};
use serde::Deserialize;
use thiserror::Error;
use zeroize::Zeroizing;

use self::pem_file::{private_key, why_unreadable};
use super::signing_key::{PrivateKey, SigningKey, curve, rsa_bytes};

/// How the cryptographic library says that an RSA key has too few bits.
const TOO_SHORT: &str = "TooSmall";

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
    #[error(
        "it is neither a PEM nor a JWK; a DER becomes a PEM with \
         `openssl pkey -inform DER -in key.der -out key.pem`, a PKCS#12 with \
         `openssl pkcs12 -nodes -nocerts -in key.p12 -out key.pem`"
    )]
    Format,
    /// A block of the PEM.
    #[error("a block in it is cut short or damaged")]
    Damaged,
    /// A PEM without a private key.
    #[error(
        "it holds {0} and no private key; the block `PRIVATE KEY`, `EC PRIVATE KEY` or \
         `RSA PRIVATE KEY` is missing"
    )]
    Only(&'static str),
    /// A PEM with more than one private key.
    #[error("it holds more than one private key; leave only the one to import in it")]
    Several,
    /// A JWK of a public key.
    #[error("it holds no private key")]
    Public,
    /// A password would be needed.
    #[error("it is encrypted; decrypt it first: `openssl pkey -in encrypted.pem -out key.pem`")]
    Encrypted,
    /// In the format of OpenSSH.
    #[error(
        "it is a private key of OpenSSH; turn a copy of it into PKCS#8: \
         `ssh-keygen -p -m PKCS8 -f copy`"
    )]
    OpenSsh,
    /// Of a kind that nothing here signs with.
    #[error("it is a key of this kind: {0}; accepted are P-256, P-384, Ed25519, RSA and HMAC")]
    Kind(&'static str),
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

/// Reads a private key: a PEM (PKCS#8, PKCS#1, SEC 1), with whatever else is in it, or a JWK
/// (RFC 7517). The algorithm is the one
/// wanted, else the JWK's `alg`, else what the kind of key suggests.
///
/// # Errors
/// Why it cannot be used.
pub fn import_key(text: &str, wanted: Option<Algorithm>) -> Result<ImportedKey, ImportError> {
    // Some editors put a mark at the beginning of a file.
    let text = text.trim_start_matches('\u{feff}').trim();
    let key = if text.starts_with('{') { from_jwk(text, wanted) } else { from_pem(text, wanted) }?;
    // Finds weak keys, and curves that are not the algorithm's.
    SigningKey::read(key.algorithm, &key.private, "")?;
    Ok(key)
}

fn from_pem(text: &str, wanted: Option<Algorithm>) -> Result<ImportedKey, ImportError> {
    let der = private_key(text)?;
    let (default, private) = read_der(&der)?;
    with_algorithm(default, wanted, private)
}

/// The private key, and the algorithm that is usual for its kind.
fn read_der(der: &[u8]) -> Result<(Algorithm, PrivateKey), ImportError> {
    for algorithm in [Algorithm::ES256, Algorithm::ES384] {
        if let Ok(key) = EcdsaKeyPair::from_private_key_der(curve(algorithm), der) {
            let pkcs8 = key.to_pkcs8v1().map_err(|_| KeyRefusal::Unreadable)?;
            return Ok((algorithm, Zeroizing::new(pkcs8.as_ref().to_vec())));
        }
    }
    if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
        let pkcs8 = key.to_pkcs8v1().map_err(|_| KeyRefusal::Unreadable)?;
        return Ok((Algorithm::EdDSA, Zeroizing::new(pkcs8.as_ref().to_vec())));
    }
    let rsa = RsaKeyPair::from_pkcs8(der).or_else(|pkcs8| {
        RsaKeyPair::from_der(der).map_err(|pkcs1| [pkcs8, pkcs1].map(|error| error.to_string()))
    });
    match rsa {
        Ok(rsa) => Ok((Algorithm::RS256, rsa_bytes(&rsa).ok_or(KeyRefusal::Unreadable)?)),
        Err(errors) if errors.contains(&TOO_SHORT.to_owned()) => Err(KeyRefusal::Weak.into()),
        Err(_) => Err(why_unreadable(der).map_or(KeyRefusal::Unreadable.into(), ImportError::Kind)),
    }
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
