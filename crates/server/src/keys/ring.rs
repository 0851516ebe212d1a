use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use carnet_shared::Claims;
use carnet_verify::KeySet;
use jsonwebtoken::jwk::JwkSet;

use super::rows::{Opened, open};
use super::signing_key::is_slow;
use super::{KeyError, KeyPurpose, MacKey, MacKeyId, MasterSecrets, SigningKey};
use crate::store::KeyRow;

/// The deployment's keys as they were read at one moment, opened. Which of them makes tokens is a
/// matter of time: the newest of those whose time has come.
#[derive(Debug)]
pub struct KeyRing {
    /// The oldest first.
    signing: Vec<Timed<SigningKey>>,
    macs: Vec<Timed<MacKey>>,
    macs_by_id: HashMap<MacKeyId, MacKey>,
    verifying: KeySet,
    /// JSON, written once for all who ask for it.
    jwks: Bytes,
}

#[derive(Debug)]
struct Timed<K> {
    key: K,
    active_at: i64,
}

impl KeyRing {
    /// Opens all keys that are not revoked.
    ///
    /// # Errors
    /// When one cannot be opened, or none is there for a purpose.
    pub(super) fn assemble(rows: &[KeyRow], secrets: &MasterSecrets) -> Result<Self, KeyError> {
        let mut ring = Self {
            signing: Vec::new(),
            macs: Vec::new(),
            macs_by_id: HashMap::new(),
            verifying: KeySet::new(),
            jwks: Bytes::new(),
        };
        for row in in_order(rows) {
            ring.add(open(row, secrets)?, row.active_at);
        }
        ring.jwks = published(ring.all_signing());
        let missing = |purpose: KeyPurpose| Err(KeyError::Broken(purpose.as_str().to_owned()));
        match (ring.signing.is_empty(), ring.macs.is_empty()) {
            (true, _) => missing(KeyPurpose::Sign),
            (_, true) => missing(KeyPurpose::Refresh),
            (false, false) => Ok(ring),
        }
    }

    fn add(&mut self, opened: Opened, active_at: i64) {
        match opened {
            Opened::Sign(key) => {
                self.verifying.insert(key.kid().to_owned(), key.verifying().clone());
                self.signing.push(Timed { key: *key, active_at });
            }
            Opened::Refresh(key) => {
                self.macs_by_id.insert(key.id(), MacKey::clone(&key));
                self.macs.push(Timed { key: *key, active_at });
            }
        }
    }

    /// The key that signs at this moment.
    pub fn signing(&self, now: i64) -> &SigningKey {
        newest(&self.signing, now)
    }

    /// Signs an access token with the key that does so at this moment; an RSA key on a thread where
    /// nobody waits for it.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub async fn sign(
        self: Arc<Self>,
        claims: Claims,
        now: i64,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        if !is_slow(self.signing(now).algorithm()) {
            return self.signing(now).sign(&claims);
        }
        let signed = tokio::task::spawn_blocking(move || self.signing(now).sign(&claims)).await;
        signed.unwrap_or_else(|_| Err(jsonwebtoken::errors::ErrorKind::RsaFailedSigning.into()))
    }

    /// Every key whose signatures are accepted.
    pub fn verifying(&self) -> &KeySet {
        &self.verifying
    }

    /// What is published, as JSON: all public keys, those included that will sign later.
    pub fn jwks(&self) -> &Bytes {
        &self.jwks
    }

    /// The key that authenticates new refresh tokens at this moment.
    pub fn mac(&self, now: i64) -> &MacKey {
        newest(&self.macs, now)
    }

    /// The key of this id.
    pub fn mac_by_id(&self, id: MacKeyId) -> Option<&MacKey> {
        self.macs_by_id.get(&id)
    }

    /// All signing keys, the oldest first.
    pub(super) fn all_signing(&self) -> impl Iterator<Item = &SigningKey> {
        self.signing.iter().map(|timed| &timed.key)
    }
}

fn published<'a>(keys: impl Iterator<Item = &'a SigningKey>) -> Bytes {
    let keys = keys.filter_map(|key| key.jwk().cloned()).collect();
    let json = serde_json::to_vec(&JwkSet { keys });
    json.expect("public keys can always be written").into()
}

/// There is always one; where none's time has come, as with a clock that was set back, it is the
/// oldest.
fn newest<K>(keys: &[Timed<K>], now: i64) -> &K {
    let active = keys.iter().rev().find(|timed| timed.active_at <= now);
    &active.unwrap_or(&keys[0]).key
}

/// What becomes of a key in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Published and accepted; makes tokens from then on.
    Pending(i64),
    /// Makes tokens.
    InUse,
    /// A newer one has made the tokens since; still accepted.
    Superseded(i64),
    /// Refused since.
    Revoked(i64),
}

/// What each key is at this moment, in the order of the rows.
pub(super) fn states(rows: &[KeyRow], now: i64) -> Vec<KeyState> {
    rows.iter().map(|row| state(row, rows, now)).collect()
}

fn state(row: &KeyRow, rows: &[KeyRow], now: i64) -> KeyState {
    if let Some(at) = row.revoked_at {
        return KeyState::Revoked(at);
    }
    if row.active_at > now {
        return KeyState::Pending(row.active_at);
    }
    let later = in_order(rows).filter(|other| {
        other.purpose == row.purpose
            && other.active_at <= now
            && (other.active_at, other.ordinal) > (row.active_at, row.ordinal)
    });
    let superseded_at = later.map(|other| other.active_at).min();
    superseded_at.map_or(KeyState::InUse, KeyState::Superseded)
}

/// The keys that are not revoked, by the time from which they make tokens.
fn in_order(rows: &[KeyRow]) -> impl Iterator<Item = &KeyRow> {
    let mut rows: Vec<&KeyRow> = rows.iter().filter(|row| row.revoked_at.is_none()).collect();
    rows.sort_by_key(|row| (row.active_at, row.ordinal));
    rows.into_iter()
}
