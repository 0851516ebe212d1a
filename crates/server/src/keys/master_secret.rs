use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_shared::Secret;
use thiserror::Error;

use crate::random::Random;
use crate::settings::DatabaseUrl;

/// The environment variable that holds the secret.
pub const SECRET_VARIABLE: &str = "CARNET_SECRET";

/// A shorter secret could be guessed.
const MIN_LENGTH: usize = 32;

/// What seals the keys in the database, and does nothing else.
#[derive(Debug, Clone)]
pub struct MasterSecret(Secret);

/// Why there is no master secret.
#[derive(Debug, Error)]
pub enum SecretError {
    /// It has too few characters.
    #[error(
        "CARNET_SECRET: must have at least {MIN_LENGTH} characters; `openssl rand -base64 32` makes one"
    )]
    TooShort,
    /// PostgreSQL has no folder of ours to keep one in.
    #[error(
        "CARNET_SECRET: must be set for a PostgreSQL database, the same for every instance; `openssl rand -base64 32` makes one"
    )]
    Missing,
    /// Others can read the file.
    #[error("{0}: others can read this secret; run `chmod 600` on it")]
    Exposed(PathBuf),
    /// The file cannot be read or made.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
}

impl MasterSecret {
    /// The given secret, or else that of the file beside the SQLite database, made now if it is not
    /// there yet. Whoever calls holds the database's start lock, so that two processes make one.
    ///
    /// # Errors
    /// When there is none or it will not do.
    pub fn find(
        given: Option<Secret>,
        database: &DatabaseUrl,
        random: &dyn Random,
    ) -> Result<Self, SecretError> {
        match (given, database) {
            (Some(secret), _) if secret.expose().len() < MIN_LENGTH => Err(SecretError::TooShort),
            (Some(secret), _) => Ok(Self(secret)),
            (None, DatabaseUrl::Postgres(_)) => Err(SecretError::Missing),
            (None, DatabaseUrl::Sqlite(path)) => {
                let path = path.with_extension("secret");
                let secret = match read(&path)? {
                    Some(secret) => secret,
                    None => make(&path, random).map_err(|error| SecretError::File(path, error))?,
                };
                Ok(Self(secret))
            }
        }
    }

    /// The key that one use of the secret gets, so that no two uses share bytes.
    pub(super) fn derive(&self, label: &str) -> hmac::Tag {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.expose().as_bytes());
        hmac::sign(&key, label.as_bytes())
    }
}

fn read(path: &Path) -> Result<Option<Secret>, SecretError> {
    let fail = |error| SecretError::File(path.to_owned(), error);
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail(error)),
    };
    let mode = fs::metadata(path).map_err(fail)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(SecretError::Exposed(path.to_owned()));
    }
    let secret = Secret::new(text.trim());
    if secret.expose().len() < MIN_LENGTH {
        return Err(fail(io::Error::other("the secret in it is cut short")));
    }
    Ok(Some(secret))
}

/// Writes a new secret under another name first, so that a crash leaves none or a whole one.
fn make(path: &Path, random: &dyn Random) -> io::Result<Secret> {
    let secret = Secret::new(URL_SAFE_NO_PAD.encode(random.bytes::<32>()));
    let unfinished = path.with_extension("secret.unfinished");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    writeln!(file, "{}", secret.expose())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    Ok(secret)
}
