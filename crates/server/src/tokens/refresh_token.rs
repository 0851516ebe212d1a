use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_shared::{Attempt, Delivery, Secret};
use uuid::Uuid;
use zeroize::ZeroizeOnDrop;

use crate::keys::{KeyError, Keys, MAC_LENGTH, MacKey, MacKeyId};

/// Lets scanners for leaked secrets recognise a token of ours.
const PREFIX: &str = "crt_";
const VERSION: u8 = 1;
const BODY_LENGTH: usize = 1 + 4 + 1 + 16 + 4 + 16;
const LENGTH: usize = BODY_LENGTH + MAC_LENGTH;

/// A refresh token whose authentication code is right: version, key id, delivery, session,
/// generation and the session's secret. The code covers all of it, so that whoever holds one
/// generation cannot make the next, and junk is refused without asking the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefreshToken {
    /// How it travels.
    pub(crate) delivery: Delivery,
    /// Which session it belongs to.
    pub(crate) session_id: Uuid,
    /// How often the session had been rotated when it was made.
    pub(crate) generation: u32,
    secret: SessionSecret,
}

#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
struct SessionSecret([u8; 16]);

impl std::fmt::Debug for SessionSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[redacted]")
    }
}

impl RefreshToken {
    /// The first token of a session.
    pub(crate) fn first(delivery: Delivery, session_id: Uuid, secret: [u8; 16]) -> Self {
        Self { delivery, session_id, generation: 0, secret: SessionSecret(secret) }
    }

    /// The token of another generation of the same session: it is computed, so nothing of it need
    /// be stored.
    #[must_use]
    pub(crate) fn at(&self, generation: u32) -> Self {
        Self { generation, ..self.clone() }
    }

    /// What the database keeps of the session's secret.
    pub(crate) fn secret_hash(&self) -> String {
        secret_hash(&self.secret.0)
    }

    /// Writes it.
    pub(crate) fn encode(&self, key: &MacKey) -> Secret {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.push(VERSION);
        bytes.extend_from_slice(&key.id().0);
        bytes.push(match self.delivery {
            Delivery::Body => 0,
            Delivery::Cookie => 1,
            Delivery::Static => 2,
        });
        bytes.extend_from_slice(self.session_id.as_bytes());
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.secret.0);
        let code = key.code(&bytes);
        bytes.extend_from_slice(&code);
        Secret::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Reads it; `None` for anything that we did not write. A key that is not known here may be
    /// another instance's newest, so the keys are looked at again before a token is refused.
    ///
    /// # Errors
    /// When the keys cannot be looked at.
    pub(crate) async fn read(text: &str, keys: &Keys) -> Result<Option<Self>, KeyError> {
        let Some(bytes) = Self::bytes(text) else { return Ok(None) };
        let id = Self::key_id(&bytes);
        if let Some(key) = keys.ring().mac_by_id(id) {
            return Ok(Self::decode(&bytes, key));
        }
        Box::pin(keys.look_for(&id.text())).await?;
        Ok(keys.ring().mac_by_id(id).and_then(|key| Self::decode(&bytes, key)))
    }

    pub(super) fn bytes(text: &str) -> Option<[u8; LENGTH]> {
        URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?.try_into().ok()
    }

    fn key_id(bytes: &[u8; LENGTH]) -> MacKeyId {
        MacKeyId([bytes[1], bytes[2], bytes[3], bytes[4]])
    }

    pub(super) fn decode(bytes: &[u8; LENGTH], key: &MacKey) -> Option<Self> {
        let (body, code) = bytes.split_at(BODY_LENGTH);
        let (version, rest) = body.split_first()?;
        let (_, rest) = rest.split_first_chunk::<4>()?;
        if *version != VERSION || !key.matches(body, code) {
            return None;
        }
        let (delivery, rest) = rest.split_first()?;
        let (session_id, rest) = rest.split_first_chunk::<16>()?;
        let (generation, rest) = rest.split_first_chunk::<4>()?;
        Some(Self {
            delivery: match delivery {
                0 => Delivery::Body,
                1 => Delivery::Cookie,
                2 => Delivery::Static,
                _ => return None,
            },
            session_id: Uuid::from_bytes(*session_id),
            generation: u32::from_be_bytes(*generation),
            secret: SessionSecret(rest.try_into().ok()?),
        })
    }
}

/// SHA-256 of a session's secret, as the database keeps it.
pub(crate) fn secret_hash(secret: &[u8; 16]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, secret))
}

/// Whether two secrets are the same. What is compared are their hashes, in constant time, so that
/// not even the length shows.
pub(crate) fn is_same_secret(one: &Secret, other: &Secret) -> bool {
    let hash = |secret: &Secret| digest(&SHA256, secret.expose().as_bytes());
    let (one, other) = (hash(one), hash(other));
    aws_lc_rs::constant_time::verify_slices_are_equal(one.as_ref(), other.as_ref()).is_ok()
}

/// SHA-256 of an attempt in hexadecimal, so that it can stand in a pattern of SQL.
pub(crate) fn attempt_hash(attempt: &Attempt) -> String {
    digest(&SHA256, attempt.as_str().as_bytes())
        .as_ref()
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from_digit(u32::from(nibble), 16).unwrap_or('0'))
        .collect()
}

#[cfg(test)]
mod tests;
