use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use crate::{Algorithm, Refusal};

/// The header of an access token, exactly as Carnet writes it. Any other member, such as `crit`,
/// `jwk`, `jku` or `x5c`, is refused rather than ignored: jsonwebtoken reads `crit` and never
/// checks it (RFC 7515 §4.1.11), and a key must never come with the token that it verifies.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    typ: String,
    pub(crate) alg: Algorithm,
    pub(crate) kid: String,
}

impl Header {
    pub(crate) fn parse(encoded: &str) -> Result<Self, Refusal> {
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| Refusal::Malformed)?;
        let header: Self = serde_json::from_slice(&bytes).map_err(|_| Refusal::Header)?;
        // RFC 9068 §2.1: so that no other kind of token passes for an access token.
        if header.typ == "at+jwt" { Ok(header) } else { Err(Refusal::Header) }
    }
}
