use std::sync::Arc;

use carnet_verify::{Algorithm, KeyRefusal};
use thiserror::Error;
use zeroize::Zeroizing;

use super::signing_key::{generate, is_slow};
use super::{MacKey, MacKeyId, MasterSecrets, Sealed, SecretError, SigningKey};
use crate::random::Random;
use crate::store::{KeyRow, NewKey, StoreError};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPurpose {
    /// Signs access tokens; the public half is published.
    Sign,
    /// Authenticates refresh tokens.
    Refresh,
}

impl KeyPurpose {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sign, Self::Refresh];

    /// As it lies in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Refresh => "refresh",
        }
    }

    /// Reads it back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// Why the keys cannot be used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The rows were sealed with another secret, or changed.
    #[error("{0}: this is not the secret that the keys of this database are sealed with")]
    WrongSecret(String),
    /// A row holds something that is no key.
    #[error("key {0}: it cannot be used; restore the database from a backup")]
    Broken(String),
    /// A row holds a key that nobody should use.
    #[error("key {0}: {1}")]
    Refused(String, KeyRefusal),
    /// A signature that the key made does not verify.
    #[error("key {0}: its own signature does not verify; this build's cryptography is broken")]
    SelfTest(String),
    /// There is no such key, or it is revoked.
    #[error("there is no key {0} that could be revoked; `carnet key list` prints them")]
    NoKey(String),
    /// The deployment has it, or had it and revoked it.
    #[error("key {0} is here already, or was and is revoked")]
    Known(String),
    /// Others changed the keys at the same time, again and again.
    #[error("the keys were changed by somebody else at the same time; try again")]
    Contended,
    /// The secrets cannot be read or written.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The one algorithm of [`KeyPurpose::Refresh`].
pub(super) const MAC_ALGORITHM: &str = "HS256";

/// A key as it comes out of its row.
pub(super) enum Opened {
    Sign(Box<SigningKey>),
    Refresh(Box<MacKey>),
}

/// Opens a row, and refuses what is too weak to be used.
pub(super) fn open(row: &KeyRow, secrets: &MasterSecrets) -> Result<Opened, KeyError> {
    let bytes = Sealed(row.sealed.clone()).open(secrets, &binding_of(row));
    let bytes = bytes.ok_or_else(|| KeyError::WrongSecret(secrets.origin()))?;
    let broken = || KeyError::Broken(row.id.clone());
    match KeyPurpose::parse(&row.purpose).ok_or_else(broken)? {
        KeyPurpose::Refresh => {
            let id = MacKeyId::parse(&row.id).ok_or_else(broken)?;
            Ok(Opened::Refresh(Box::new(MacKey::new(id, &bytes))))
        }
        KeyPurpose::Sign => {
            let algorithm = Algorithm::parse(&row.algorithm).ok_or_else(broken)?;
            let key = SigningKey::read(algorithm, &bytes, &row.id)
                .map_err(|refusal| KeyError::Refused(row.id.clone(), refusal))?;
            if key.kid() == row.id { Ok(Opened::Sign(Box::new(key))) } else { Err(broken()) }
        }
    }
}

/// The same key under the current secret, where it is under another; `None` where it need not move.
pub(super) fn resealed(
    row: &KeyRow,
    secrets: &MasterSecrets,
    random: &dyn Random,
) -> Result<Option<Sealed>, KeyError> {
    let (sealed, binding) = (Sealed(row.sealed.clone()), binding_of(row));
    if sealed.is_current(secrets, &binding) {
        return Ok(None);
    }
    let bytes =
        sealed.open(secrets, &binding).ok_or_else(|| KeyError::WrongSecret(secrets.origin()))?;
    Ok(Some(Sealed::seal(secrets, &binding, &bytes, random)))
}

/// A key to be added: its name, its algorithm and its bytes.
pub(super) struct Draft {
    purpose: KeyPurpose,
    algorithm: &'static str,
    id: String,
    bytes: Zeroizing<Vec<u8>>,
}

impl Draft {
    /// A new key, drawn by lot; one that takes long on a thread where nobody waits for it.
    pub(super) async fn draw(
        purpose: KeyPurpose,
        algorithm: Algorithm,
        random: &Arc<dyn Random>,
    ) -> Result<Self, KeyError> {
        if purpose == KeyPurpose::Refresh || !is_slow(algorithm) {
            return Self::new(purpose, algorithm, &**random);
        }
        let random = Arc::clone(random);
        let drawn = move || Self::new(purpose, algorithm, &*random);
        let drawn = tokio::task::spawn_blocking(drawn).await;
        drawn.unwrap_or_else(|_| Err(KeyError::Broken(algorithm.as_str().to_owned())))
    }

    fn new(
        purpose: KeyPurpose,
        algorithm: Algorithm,
        random: &dyn Random,
    ) -> Result<Self, KeyError> {
        match purpose {
            KeyPurpose::Sign => Self::signing(algorithm, generate(algorithm, random), random),
            KeyPurpose::Refresh => Ok(Self {
                purpose,
                algorithm: MAC_ALGORITHM,
                id: MacKeyId(random.bytes()).text(),
                bytes: Zeroizing::new(random.bytes::<32>().to_vec()),
            }),
        }
    }

    /// A signing key.
    pub(super) fn signing(
        algorithm: Algorithm,
        bytes: Zeroizing<Vec<u8>>,
        random: &dyn Random,
    ) -> Result<Self, KeyError> {
        let key = SigningKey::read(algorithm, &bytes, &random.text())
            .map_err(|refusal| KeyError::Refused(algorithm.as_str().to_owned(), refusal))?;
        let id = key.kid().to_owned();
        Ok(Self { purpose: KeyPurpose::Sign, algorithm: algorithm.as_str(), id, bytes })
    }

    /// What it will be known by.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Seals it, as the next of its purpose.
    pub(super) fn seal(
        &self,
        rows: &[KeyRow],
        active_at: i64,
        secrets: &MasterSecrets,
        random: &dyn Random,
    ) -> NewKey {
        let of_purpose = rows.iter().filter(|row| row.purpose == self.purpose.as_str());
        let binding = binding(self.purpose.as_str(), self.algorithm, &self.id);
        NewKey {
            sealed: Sealed::seal(secrets, &binding, &self.bytes, random),
            ordinal: of_purpose.map(|row| row.ordinal).max().unwrap_or(0) + 1,
            algorithm: self.algorithm.to_owned(),
            purpose: self.purpose,
            id: self.id.clone(),
            active_at,
        }
    }
}

fn binding_of(row: &KeyRow) -> String {
    binding(&row.purpose, &row.algorithm, &row.id)
}

fn binding(purpose: &str, algorithm: &str, id: &str) -> String {
    format!("{purpose}|{algorithm}|{id}")
}
