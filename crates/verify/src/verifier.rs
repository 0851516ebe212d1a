use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_shared::{Claims, MAX_TOKEN_LENGTH};
use serde::de::DeserializeOwned;

use crate::header::Header;
use crate::{KeySet, Refusal, Verified};

/// How far `nbf` and `iat` may lie ahead, since the clocks of two machines differ a little. `exp`
/// has no leeway.
pub const NOT_BEFORE_LEEWAY_SECONDS: i64 = 5;

/// Whose tokens are accepted, and for whom they must be.
#[derive(Debug, Clone)]
pub struct Verifier {
    issuer: String,
    audiences: Vec<String>,
}

impl Verifier {
    /// Accepts tokens of this issuer for this audience, both compared to the letter.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), audiences: vec![audience.into()] }
    }

    /// Accepts tokens for this audience too. A service that goes by several names has one verifier.
    #[must_use]
    pub fn also_for(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Verifies an access token at `now` (Unix seconds): length, alphabet, header, signature,
    /// claims and times, in this order, so that nothing is parsed that is not signed.
    ///
    /// # Errors
    /// Why it is refused, for the log only.
    pub fn verify(
        &self,
        token: &str,
        keys: &KeySet,
        now: i64,
    ) -> Result<Verified<Claims>, Refusal> {
        self.verify_as(token, keys, now)
    }

    /// The same with the deployment's own claims as a type `C`; a token without them, or with
    /// others, is refused.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_as<C: DeserializeOwned>(
        &self,
        token: &str,
        keys: &KeySet,
        now: i64,
    ) -> Result<Verified<Claims<C>>, Refusal> {
        let (header, claims) = signed(token, keys)?;
        self.check_claims(&claims, now)?;
        Ok(Verified::new(claims, header.kid, header.alg))
    }

    /// The session that a token was issued for, whether or not the token has expired: for whoever
    /// ends that session, and for nothing else. Signature, issuer and audience must be right.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn session_of(&self, token: &str, keys: &KeySet) -> Result<String, Refusal> {
        let (_, claims): (_, Claims) = signed(token, keys)?;
        self.check_origin(&claims)?;
        Ok(claims.sid)
    }

    /// Checks again what may have come to be otherwise since a token passed [`Self::verify`]: its
    /// key may be gone, its time may be over. It is for whoever keeps what was verified and finds it
    /// again by the whole token; the signature of the same bytes need not be checked twice.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn check_again<C>(
        &self,
        verified: &Verified<Claims<C>>,
        keys: &KeySet,
        now: i64,
    ) -> Result<(), Refusal> {
        let (key_id, algorithm) = verified.signed_with();
        keys.find(key_id, algorithm)?;
        self.check_claims(verified.claims(), now)
    }

    /// Whether claims that have been verified already are of this issuer for this audience.
    #[cfg(feature = "axum")]
    pub(crate) fn is_for(&self, claims: &Claims) -> bool {
        claims.iss == self.issuer && self.audiences.contains(&claims.aud)
    }

    fn check_origin<C>(&self, claims: &Claims<C>) -> Result<(), Refusal> {
        if claims.iss != self.issuer {
            return Err(Refusal::Issuer);
        }
        if !self.audiences.contains(&claims.aud) {
            return Err(Refusal::Audience);
        }
        Ok(())
    }

    fn check_claims<C>(&self, claims: &Claims<C>, now: i64) -> Result<(), Refusal> {
        self.check_origin(claims)?;
        if claims.exp <= now {
            return Err(Refusal::Expired);
        }
        if claims.nbf.max(claims.iat) > now.saturating_add(NOT_BEFORE_LEEWAY_SECONDS) {
            return Err(Refusal::NotYetValid);
        }
        Ok(())
    }
}

/// The header and the claims of a token whose signature is right.
fn signed<C: DeserializeOwned>(token: &str, keys: &KeySet) -> Result<(Header, Claims<C>), Refusal> {
    let (message, payload, header, signature) = split(token)?;
    let header = Header::parse(header)?;
    keys.check(&header.kid, header.alg, message, signature)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Refusal::Malformed)?;
    let claims = serde_json::from_slice(&payload).map_err(|_| Refusal::Claims)?;
    Ok((header, claims))
}

/// The id of the key that a token says it was signed with, for whoever has to look for that key. It
/// is not verified.
///
/// # Errors
/// When the token is none that could be ours.
pub fn key_id(token: &str) -> Result<String, Refusal> {
    let (_, _, header, _) = split(token)?;
    Ok(Header::parse(header)?.kid)
}

/// Message, payload, header and signature of a compact JWS (RFC 7515 §3.1). Any byte outside
/// base64url and its two dots refuses the token before anything is decoded.
fn split(token: &str) -> Result<(&str, &str, &str, &str), Refusal> {
    let is_ours = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if token.len() > MAX_TOKEN_LENGTH || !token.bytes().all(is_ours) {
        return Err(Refusal::Malformed);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(Refusal::Malformed)?;
    let (header, payload) = message.split_once('.').ok_or(Refusal::Malformed)?;
    let has_two_dots = !payload.contains('.');
    if has_two_dots && !signature.is_empty() {
        Ok((message, payload, header, signature))
    } else {
        Err(Refusal::Malformed)
    }
}
