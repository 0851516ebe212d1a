use std::collections::HashMap;

use carnet_verify::{Algorithm, KeySet, PublicKey};
use jsonwebtoken::jwk::JwkSet;
use thiserror::Error;

use super::{MacKey, MacKeyId, MasterSecret, Sealed, SigningKey};
use crate::random::Random;
use crate::store::{KeyRow, NewKey, Store, StoreError};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPurpose {
    /// Signs access tokens; the public half is published.
    Sign,
    /// Authenticates refresh tokens.
    Refresh,
}

impl KeyPurpose {
    /// As it lies in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Refresh => "refresh",
        }
    }
}

/// Why the keys cannot be used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The rows were sealed with another secret, or changed.
    #[error("CARNET_SECRET: this is not the secret that the keys of this database are sealed with")]
    WrongSecret,
    /// A row holds something that is no key.
    #[error("key {0}: it cannot be used; restore the database from a backup")]
    Broken(String),
    /// A signature that the key made does not verify.
    #[error("key {0}: its own signature does not verify; this build's cryptography is broken")]
    SelfTest(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The deployment's keys, opened.
#[derive(Debug)]
pub struct KeyRing {
    signing: SigningKey,
    verifying: KeySet,
    jwks: JwkSet,
    mac: MacKey,
    macs: HashMap<MacKeyId, MacKey>,
}

impl KeyRing {
    /// Opens the keys, making those that are missing. Of several instances that start at once on an
    /// empty database one makes the keys and the others use them.
    ///
    /// # Errors
    /// When a key cannot be opened or the database fails.
    pub async fn open(
        store: &Store,
        secret: &MasterSecret,
        algorithm: Algorithm,
        random: &dyn Random,
        now: i64,
    ) -> Result<Self, KeyError> {
        let mut rows = store.keys().await?;
        // What cannot be opened is found before anything is added beside it.
        open_all(&rows, secret)?;
        let has = |rows: &[KeyRow], purpose: KeyPurpose, algorithm: &str| {
            rows.iter().any(|row| row.purpose == purpose.as_str() && row.algorithm == algorithm)
        };
        if !has(&rows, KeyPurpose::Sign, algorithm.as_str()) {
            let key = new_signing_key(&rows, secret, algorithm, random)?;
            store.add_key(&key, now).await?;
        }
        if !has(&rows, KeyPurpose::Refresh, MAC_ALGORITHM) {
            store.add_key(&new_mac_key(&rows, secret, random), now).await?;
        }
        rows = store.keys().await?;
        Self::assemble(&rows, secret, algorithm)
    }

    fn assemble(
        rows: &[KeyRow],
        secret: &MasterSecret,
        algorithm: Algorithm,
    ) -> Result<Self, KeyError> {
        let (mut signing, mut mac) = (None, None);
        let (mut verifying, mut jwks) = (KeySet::new(), JwkSet { keys: Vec::new() });
        let mut macs = HashMap::new();
        // By ordinal, so that the newest key comes last and is the one that is used.
        for opened in open_all(rows, secret)? {
            match opened {
                Opened::Sign(key) => {
                    let public = PublicKey::from_jwk(key.jwk())
                        .map_err(|_| KeyError::Broken(key.kid().to_owned()))?;
                    verifying.insert(key.kid().to_owned(), public);
                    jwks.keys.push(key.jwk().clone());
                    if key.algorithm() == algorithm {
                        signing = Some(*key);
                    }
                }
                Opened::Refresh(key) => {
                    macs.insert(key.id(), MacKey::clone(&key));
                    mac = Some(*key);
                }
            }
        }
        let missing = |purpose: KeyPurpose| KeyError::Broken(purpose.as_str().to_owned());
        Ok(Self {
            signing: signing.ok_or_else(|| missing(KeyPurpose::Sign))?,
            mac: mac.ok_or_else(|| missing(KeyPurpose::Refresh))?,
            verifying,
            jwks,
            macs,
        })
    }

    /// The key that signs now.
    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// Every key whose signatures are accepted.
    pub fn verifying(&self) -> &KeySet {
        &self.verifying
    }

    /// What is published.
    pub fn jwks(&self) -> &JwkSet {
        &self.jwks
    }

    /// The key that authenticates new refresh tokens.
    pub fn mac(&self) -> &MacKey {
        &self.mac
    }

    /// The key of this id.
    pub fn mac_by_id(&self, id: MacKeyId) -> Option<&MacKey> {
        self.macs.get(&id)
    }
}

/// The one algorithm of [`KeyPurpose::Refresh`].
const MAC_ALGORITHM: &str = "HS256";

enum Opened {
    Sign(Box<SigningKey>),
    Refresh(Box<MacKey>),
}

fn open_all(rows: &[KeyRow], secret: &MasterSecret) -> Result<Vec<Opened>, KeyError> {
    rows.iter().map(|row| open(row, secret)).collect()
}

fn open(row: &KeyRow, secret: &MasterSecret) -> Result<Opened, KeyError> {
    let binding = binding(&row.purpose, &row.algorithm, &row.id);
    let bytes = Sealed(row.sealed.clone()).open(secret, &binding).ok_or(KeyError::WrongSecret)?;
    let broken = || KeyError::Broken(row.id.clone());
    match (row.purpose.as_str(), row.algorithm.as_str()) {
        ("refresh", MAC_ALGORITHM) => {
            let id = MacKeyId::parse(&row.id).ok_or_else(broken)?;
            Ok(Opened::Refresh(Box::new(MacKey::new(id, &bytes))))
        }
        ("sign", algorithm) => {
            let algorithm: Algorithm =
                serde_json::from_value(algorithm.into()).map_err(|_| broken())?;
            let key = SigningKey::from_pkcs8(algorithm, &bytes).map_err(|_| broken())?;
            if key.kid() == row.id { Ok(Opened::Sign(Box::new(key))) } else { Err(broken()) }
        }
        _ => Err(broken()),
    }
}

fn new_signing_key(
    rows: &[KeyRow],
    secret: &MasterSecret,
    algorithm: Algorithm,
    random: &dyn Random,
) -> Result<NewKey, KeyError> {
    let pkcs8 = SigningKey::generate(algorithm);
    let key = SigningKey::from_pkcs8(algorithm, &pkcs8)
        .map_err(|_| KeyError::SelfTest(algorithm.as_str().to_owned()))?;
    let id = key.kid().to_owned();
    Ok(new_key(rows, KeyPurpose::Sign, algorithm.as_str(), id, &pkcs8, secret, random))
}

fn new_mac_key(rows: &[KeyRow], secret: &MasterSecret, random: &dyn Random) -> NewKey {
    let id = MacKeyId(random.bytes()).text();
    let bytes = zeroize::Zeroizing::new(random.bytes::<32>());
    new_key(rows, KeyPurpose::Refresh, MAC_ALGORITHM, id, bytes.as_slice(), secret, random)
}

fn new_key(
    rows: &[KeyRow],
    purpose: KeyPurpose,
    algorithm: &str,
    id: String,
    key: &[u8],
    secret: &MasterSecret,
    random: &dyn Random,
) -> NewKey {
    let used = rows.iter().filter(|row| row.purpose == purpose.as_str()).map(|row| row.ordinal);
    NewKey {
        sealed: Sealed::seal(secret, &binding(purpose.as_str(), algorithm, &id), key, random),
        ordinal: used.max().unwrap_or(0) + 1,
        algorithm: algorithm.to_owned(),
        purpose,
        id,
    }
}

fn binding(purpose: &str, algorithm: &str, id: &str) -> String {
    format!("{purpose}|{algorithm}|{id}")
}
