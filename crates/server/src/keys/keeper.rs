use std::sync::{Arc, PoisonError, RwLock};

use carnet_shared::Claims;
use carnet_verify::{Algorithm, Verifier};
use tokio::sync::{Mutex, MutexGuard};

use super::ring::states;
use super::rows::{Draft, resealed};
use super::{
    ImportedKey, KeyChange, KeyError, KeyListing, KeyPurpose, KeyRing, KeyState, MasterSecrets,
    Revocation, SecretError, SecretPlace, SigningKey,
};
use crate::clock::Clock;
use crate::random::Random;
use crate::settings::TokenSettings;
use crate::store::{KeyRow, NewKey, Store};

/// How long a key is published before it signs: twice as long as a JWKS may be kept.
const LEAD_SECONDS: i64 = 600;

/// How long a superseded signing key is accepted: the longest life of an access token, and a minute
/// for what was in flight.
const SIGNING_KEPT_SECONDS: i64 = 16 * 60;

/// How often a change of the keys that others raced for is tried.
const TRIES: usize = 5;

/// The deployment's keys in this process: the ring, and what changes it.
#[derive(Debug)]
pub struct Keys {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    secrets: RwLock<MasterSecrets>,
    ring: RwLock<Arc<KeyRing>>,
    /// Held while the rows are read again, so that many who ask cause one look at a time.
    looking: Mutex<()>,
}

impl Keys {
    /// Opens the keys, making them where there are none, and the secret beside them. Of several instances that start at once on
    /// an empty database one makes the keys and the others use them.
    ///
    /// # Errors
    /// When a key cannot be opened or the database fails.
    pub async fn open(
        store: Store,
        secrets: SecretPlace,
        algorithm: Algorithm,
        (clock, random): (Arc<dyn Clock>, Arc<dyn Random>),
    ) -> Result<Self, KeyError> {
        let rows = store.keys().await?;
        let secrets = if rows.is_empty() {
            secrets.open_or_make(&*random)?
        } else {
            secrets.open(|secrets| KeyRing::assemble(&rows, secrets).is_ok())?
        };
        if rows.is_empty() {
            let now = clock.now();
            for purpose in KeyPurpose::ALL {
                let draft = Draft::draw(purpose, algorithm, &random).await?;
                let key = draft.seal(&rows, now, &secrets, &*random);
                store.add_key(&key, now).await?;
            }
        }
        let ring = KeyRing::assemble(&store.keys().await?, &secrets)?;
        Ok(Self {
            store,
            clock,
            random,
            secrets: RwLock::new(secrets),
            ring: RwLock::new(Arc::new(ring)),
            looking: Mutex::default(),
        })
    }

    /// The keys as they were last read.
    pub fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the keys again.
    ///
    /// # Errors
    /// When the database fails or a key cannot be opened; what was known stays known.
    pub async fn reload(&self) -> Result<(), KeyError> {
        self.read_rows().await.map(|_| ())
    }

    /// Looks whether somebody has added a key of this id, which this process does not know. Junk
    /// costs one query at a time.
    ///
    /// # Errors
    /// When the database fails or a key cannot be opened.
    pub(crate) async fn look_for(&self, id: &str) -> Result<(), KeyError> {
        // No id of ours has other letters, and PostgreSQL takes no text with a NUL.
        if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Ok(());
        }
        let looking = self.looking.lock().await;
        if self.store.has_usable_key(id).await? {
            self.read_rows_under(&looking).await?;
        }
        Ok(())
    }

    /// All keys there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self) -> Result<Vec<KeyListing>, KeyError> {
        let rows = self.store.keys().await?;
        let states = states(&rows, self.clock.now());
        Ok(rows.into_iter().zip(states).map(|(row, state)| KeyListing { row, state }).collect())
    }

    /// Adds a new key for a purpose, which will make the tokens; returns its id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotate(
        &self,
        purpose: KeyPurpose,
        algorithm: Algorithm,
        change: KeyChange,
    ) -> Result<String, KeyError> {
        self.add(&Draft::draw(purpose, algorithm, &self.random).await?, change).await
    }

    /// Announces a key for this algorithm unless the newest key has it: for a server that starts,
    /// and whose settings may have changed. Commands leave it alone, since their settings are theirs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn announce(&self, algorithm: Algorithm) -> Result<Option<String>, KeyError> {
        let rows = self.read_rows().await?;
        let newest = self.ring().all_signing().last().map(SigningKey::algorithm);
        if newest == Some(algorithm) {
            return Ok(None);
        }
        let announced = self.announce_beside(&rows, KeyPurpose::Sign, algorithm).await?;
        self.reload().await?;
        Ok(announced)
    }

    /// Adds a signing key that the deployment brings along; returns its id.
    ///
    /// # Errors
    /// When it is here already, or the database fails.
    pub async fn import(&self, key: ImportedKey, change: KeyChange) -> Result<String, KeyError> {
        let draft = Draft::signing(key.algorithm, key.private, &*self.random)?;
        if self.store.has_key(draft.id()).await? {
            return Err(KeyError::Known(draft.id().to_owned()));
        }
        self.add(&draft, change).await
    }

    async fn add(&self, draft: &Draft, change: KeyChange) -> Result<String, KeyError> {
        let now = self.clock.now();
        let active_at = match change {
            KeyChange::Now => now,
            KeyChange::Announced => now + LEAD_SECONDS,
        };
        for _ in 0..TRIES {
            // First the rows: the secret may have been replaced since they were last read.
            let rows = self.read_rows().await?;
            let key = self.seal(draft, &rows, active_at);
            if self.store.add_key(&key, now).await? {
                self.read_rows().await?;
                return Ok(draft.id().to_owned());
            }
        }
        Err(KeyError::Contended)
    }

    fn seal(&self, draft: &Draft, rows: &[KeyRow], active_at: i64) -> NewKey {
        draft.seal(rows, active_at, &self.secrets(), &*self.random)
    }

    /// Refuses a key from now on. The one that makes tokens is replaced in the same breath; with a
    /// key of refresh tokens the sessions end that have one of it.
    ///
    /// # Errors
    /// When there is no such key, or the database fails.
    pub async fn revoke(&self, id: &str, algorithm: Algorithm) -> Result<Revocation, KeyError> {
        let now = self.clock.now();
        for _ in 0..TRIES {
            let rows = self.read_rows().await?;
            let states = states(&rows, now);
            let found = rows.iter().zip(states).find(|(row, _)| row.id == id);
            let (row, state) = match found {
                None | Some((_, KeyState::Revoked(_))) => {
                    return Err(KeyError::NoKey(id.to_owned()));
                }
                Some(found) => found,
            };
            let purpose = KeyPurpose::parse(&row.purpose);
            let purpose = purpose.ok_or_else(|| KeyError::Broken(id.to_owned()))?;
            let replacement = match state {
                KeyState::InUse => {
                    let draft = Draft::draw(purpose, algorithm, &self.random).await?;
                    Some(self.seal(&draft, &rows, now))
                }
                _ => None,
            };
            let in_use = match state {
                KeyState::Superseded(until) => Some((row.active_at, until)),
                KeyState::InUse => Some((row.active_at, now)),
                _ => None,
            };
            let in_use = in_use.filter(|_| purpose == KeyPurpose::Refresh);
            let revoked = self.store.revoke_key(id, replacement.as_ref(), in_use, now).await?;
            if let Some(sessions) = revoked {
                self.read_rows().await?;
                let replacement = replacement.map(|key| key.id);
                return Ok(Revocation { replacement, sessions });
            }
        }
        Err(KeyError::Contended)
    }

    /// Announces a new key where the newest of a purpose has grown old, and removes those that no
    /// valid token can have been made with. Returns the ids of the new ones.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_fresh(&self, tokens: &TokenSettings) -> Result<Vec<String>, KeyError> {
        let (now, mut announced) = (self.clock.now(), Vec::new());
        // What is decided and the number of a new key come from the same rows: of two instances
        // that find a key grown old, one adds the next.
        let rows = self.read_rows().await?;
        let states = states(&rows, now);
        for purpose in KeyPurpose::ALL {
            let keys = rows.iter().zip(&states);
            let of_purpose = keys.filter(|(row, _)| row.purpose == purpose.as_str());
            let kept = match purpose {
                KeyPurpose::Sign => SIGNING_KEPT_SECONDS,
                KeyPurpose::Refresh => tokens.absolute_lifetime.seconds(),
            };
            let (mut newest, mut over) = (None, Vec::new());
            for (row, state) in of_purpose {
                match *state {
                    KeyState::Pending(at) => newest = newest.max(Some(at)),
                    KeyState::InUse => newest = newest.max(Some(row.active_at)),
                    KeyState::Superseded(at) if at + kept < now => over.push(row.id.as_str()),
                    KeyState::Superseded(_) | KeyState::Revoked(_) => {}
                }
            }
            if !over.is_empty() {
                self.store.remove_keys(&over).await?;
            }
            let age = tokens.key_rotation.seconds();
            if age > 0 && newest.is_some_and(|at| at + age - LEAD_SECONDS <= now) {
                announced.extend(self.announce_beside(&rows, purpose, tokens.algorithm).await?);
            }
        }
        Ok(announced)
    }

    /// Adds a key as the next one after these rows. Where another instance was quicker, its key
    /// will do.
    async fn announce_beside(
        &self,
        rows: &[KeyRow],
        purpose: KeyPurpose,
        algorithm: Algorithm,
    ) -> Result<Option<String>, KeyError> {
        let now = self.clock.now();
        let draft = Draft::draw(purpose, algorithm, &self.random).await?;
        let key = self.seal(&draft, rows, now + LEAD_SECONDS);
        Ok(self.store.add_key(&key, now).await?.then_some(key.id))
    }

    /// Seals every key with a new secret; returns how many. Tokens and sessions notice nothing.
    /// Whoever calls holds the database's start lock.
    ///
    /// # Errors
    /// When the secret cannot be exchanged, or the database fails.
    pub async fn replace_secret(&self) -> Result<usize, KeyError> {
        // As they are now: an earlier exchange may have been broken off, and is finished first.
        let secrets = self.secrets().read_again()?;
        if !secrets.can_be_replaced() {
            return Err(SecretError::NotPrepared.into());
        }
        let mut count = self.reseal(&secrets).await?;
        if let Some(new) = secrets.replace(&*self.random)? {
            count = self.reseal(&new).await?;
        }
        self.read_rows().await?;
        Ok(count)
    }

    /// Moves every key under the current secret, and forgets the one before.
    async fn reseal(&self, secrets: &MasterSecrets) -> Result<usize, KeyError> {
        let rows = self.store.keys().await?;
        let mut changed = Vec::new();
        for row in rows.iter().filter(|row| row.revoked_at.is_none()) {
            if let Some(sealed) = resealed(row, secrets, &*self.random)? {
                changed.push((row.id.clone(), row.sealed.clone(), sealed.0));
            }
        }
        self.store.reseal_keys(&changed).await?;
        secrets.forget_previous()?;
        self.set_secrets(secrets.clone());
        Ok(changed.len())
    }

    /// Signs and verifies once with every key that may sign: a library without its cryptography
    /// would panic at the first token.
    ///
    /// # Errors
    /// Names the key that does not verify.
    pub fn self_test(&self) -> Result<(), KeyError> {
        let now = self.clock.now();
        let claims = self_test_claims(now);
        let ring = self.ring();
        for key in ring.all_signing() {
            let failed = || KeyError::SelfTest(key.kid().to_owned());
            let token = key.sign(&claims).map_err(|_| failed())?;
            Verifier::new("", "").verify(&token, ring.verifying(), now).map_err(|_| failed())?;
        }
        Ok(())
    }

    async fn read_rows(&self) -> Result<Vec<KeyRow>, KeyError> {
        let looking = self.looking.lock().await;
        self.read_rows_under(&looking).await
    }

    /// One at a time, so that what was read earlier never takes the place of what was read later.
    async fn read_rows_under(&self, _: &MutexGuard<'_, ()>) -> Result<Vec<KeyRow>, KeyError> {
        let rows = self.store.keys().await?;
        let secrets = self.secrets();
        let ring = match KeyRing::assemble(&rows, &secrets) {
            Err(KeyError::WrongSecret(_)) => {
                // Another process has replaced the secret.
                let secrets = secrets.read_again()?;
                let ring = KeyRing::assemble(&rows, &secrets)?;
                self.set_secrets(secrets);
                ring
            }
            ring => ring?,
        };
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        Ok(rows)
    }

    fn secrets(&self) -> MasterSecrets {
        self.secrets.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_secrets(&self, secrets: MasterSecrets) {
        *self.secrets.write().unwrap_or_else(PoisonError::into_inner) = secrets;
    }
}

fn self_test_claims(now: i64) -> Claims {
    Claims {
        iss: String::new(),
        aud: String::new(),
        exp: now + 1,
        iat: now,
        nbf: now,
        auth_time: now,
        sub: String::new(),
        jti: String::new(),
        client_id: String::new(),
        sid: String::new(),
        amr: Vec::new(),
        username: String::new(),
        roles: Vec::new(),
        token_type: None,
        user_id: None,
        custom: serde_json::Map::new(),
    }
}
