use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_shared::Secret;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::random::Random;
use crate::settings::DatabaseUrl;
use crate::store::{beside, followed_by, write_private};

/// The environment variable that holds the secret.
pub const SECRET_VARIABLE: &str = "CARNET_SECRET";

/// The environment variable that holds the secret until now, while the secret is being rotated.
pub const PREVIOUS_SECRET_VARIABLE: &str = "CARNET_PREVIOUS_SECRET";

/// What the file of the secret is called, after the name of the database.
const FILE: &str = "secret";

/// A shorter secret could be guessed.
const MIN_LENGTH: usize = 32;

/// What seals the keys in the database, and does nothing else.
#[derive(Debug, Clone)]
pub(super) struct MasterSecret(Secret);

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
    /// The database has keys, and the file that opens them is not there.
    #[error(
        "{}: this file is missing, and the keys of the database {} are sealed with the secret in \
         it; copy it from where the database comes from, or give that secret as CARNET_SECRET",
        .file.display(), .database.display()
    )]
    Absent {
        /// The file that is missing.
        file: PathBuf,
        /// The database whose keys it opens.
        database: PathBuf,
    },
    /// Others can read the file.
    #[error("{0}: others can read this secret; run `chmod 600` on it")]
    Exposed(PathBuf),
    /// The secret of the environment cannot be changed from here.
    #[error(
        "CARNET_PREVIOUS_SECRET: must hold the secret until now, and CARNET_SECRET the new one, for every instance; then run this again"
    )]
    NotPrepared,
    /// The file cannot be read or made.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
}

impl MasterSecret {
    fn new(secret: Secret) -> Result<Self, SecretError> {
        if secret.expose().len() < MIN_LENGTH {
            Err(SecretError::TooShort)
        } else {
            Ok(Self(secret))
        }
    }

    /// The key that one use of the secret gets, so that no two uses share bytes.
    pub(super) fn derive(&self, label: &str) -> hmac::Tag {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.expose().as_bytes());
        hmac::sign(&key, label.as_bytes())
    }
}

/// The secrets that are given to a process.
#[derive(Debug, Clone, Default)]
pub struct GivenSecrets {
    /// `CARNET_SECRET`.
    pub current: Option<Secret>,
    /// `CARNET_PREVIOUS_SECRET`.
    pub previous: Option<Secret>,
}

/// Where the master secret of a database is.
#[derive(Debug)]
pub enum SecretPlace {
    /// It was given to the process.
    Given(MasterSecrets),
    /// It lies in a file beside this SQLite database.
    Beside(PathBuf),
}

impl SecretPlace {
    /// The given secrets, or else the place beside the SQLite database.
    ///
    /// # Errors
    /// When the given ones will not do, or there are none for PostgreSQL.
    pub fn find(given: GivenSecrets, database: &DatabaseUrl) -> Result<Self, SecretError> {
        match (given.current, database) {
            (Some(secret), _) => Ok(Self::Given(MasterSecrets {
                current: MasterSecret::new(secret)?,
                previous: given.previous.map(MasterSecret::new).transpose()?,
                file: None,
            })),
            (None, DatabaseUrl::Sqlite(path)) => Ok(Self::Beside(path.clone())),
            (None, DatabaseUrl::Postgres(_)) => Err(SecretError::Missing),
        }
    }

    /// The secrets for a database without keys, whose file is made where it is missing. The
    /// caller holds the database's start lock, so that two processes make one.
    ///
    /// # Errors
    /// When the file cannot be read or made.
    pub fn open_or_make(self, random: &dyn Random) -> Result<MasterSecrets, SecretError> {
        let database = match self {
            Self::Given(secrets) => return Ok(secrets),
            Self::Beside(database) => database,
        };
        let path = beside(&database, FILE);
        if read(&path)?.is_none() {
            make(&path, random).map_err(|error| SecretError::File(path.clone(), error))?;
        }
        MasterSecrets::of_file(path)
    }

    /// The secrets for a database with keys. A file under the name that earlier versions gave it,
    /// which several databases could share, is copied to its own name if it opens the keys.
    ///
    /// # Errors
    /// When the file is missing or cannot be read. None is made: it could not open the keys.
    pub fn open(
        self,
        opens_keys: impl Fn(&MasterSecrets) -> bool,
    ) -> Result<MasterSecrets, SecretError> {
        let database = match self {
            Self::Given(secrets) => return Ok(secrets),
            Self::Beside(database) => database,
        };
        let (path, shared) = (beside(&database, FILE), database.with_extension(FILE));
        if read(&path)?.is_none() {
            let shared =
                if read(&shared)?.is_some() { MasterSecrets::of_file(shared).ok() } else { None };
            let shared = shared.filter(opens_keys);
            let shared =
                shared.ok_or_else(|| SecretError::Absent { file: path.clone(), database })?;
            shared.copy_to(&path).map_err(|error| SecretError::File(path.clone(), error))?;
        }
        MasterSecrets::of_file(path)
    }
}

/// The secret that seals, and the one before it while it is being replaced.
#[derive(Debug, Clone)]
pub struct MasterSecrets {
    current: MasterSecret,
    previous: Option<MasterSecret>,
    /// Where they lie, unless they were given.
    file: Option<PathBuf>,
}

impl MasterSecrets {
    fn of_file(path: PathBuf) -> Result<Self, SecretError> {
        let missing = || SecretError::File(path.clone(), io::ErrorKind::NotFound.into());
        let current = MasterSecret(read(&path)?.ok_or_else(missing)?);
        let previous = read(&previous_path(&path))?.map(MasterSecret);
        Ok(Self { current, previous, file: Some(path) })
    }

    /// Where they come from, for messages.
    pub(super) fn origin(&self) -> String {
        match &self.file {
            Some(path) => path.display().to_string(),
            None => SECRET_VARIABLE.to_owned(),
        }
    }

    fn copy_to(&self, path: &Path) -> io::Result<()> {
        if let Some(previous) = &self.previous {
            write_private(&previous_path(path), &previous.0)?;
        }
        write_private(path, &self.current.0)
    }

    /// The same as they are now: another process may have replaced the file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read_again(&self) -> Result<Self, SecretError> {
        self.file.clone().map_or_else(|| Ok(self.clone()), Self::of_file)
    }

    /// Whether a new secret can take over: one in a file can be made, a given one must have been
    /// exchanged already.
    pub fn can_be_replaced(&self) -> bool {
        self.file.is_some() || self.previous.is_some()
    }

    /// Makes a new secret the current one, where it lies in a file; `None` where it was given. A
    /// crash in between leaves both, and both open. Nothing may be sealed with the previous one any
    /// more.
    ///
    /// # Errors
    /// When the files cannot be written.
    pub fn replace(&self, random: &dyn Random) -> Result<Option<Self>, SecretError> {
        let Some(path) = &self.file else { return Ok(None) };
        let fail = |error| SecretError::File(path.clone(), error);
        write_private(&previous_path(path), &self.current.0).map_err(fail)?;
        make(path, random).map_err(fail)?;
        Self::of_file(path.clone()).map(Some)
    }

    /// Forgets the previous secret, once nothing is sealed with it any more.
    ///
    /// # Errors
    /// When its file cannot be removed.
    pub fn forget_previous(&self) -> Result<(), SecretError> {
        let Some(path) = self.file.as_deref().map(previous_path) else { return Ok(()) };
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(SecretError::File(path, error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// What new keys are sealed with.
    pub(super) fn current(&self) -> &MasterSecret {
        &self.current
    }

    /// What keys may be sealed with, the current one first.
    pub(super) fn all(&self) -> impl Iterator<Item = &MasterSecret> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

fn previous_path(path: &Path) -> PathBuf {
    followed_by(path, ".previous")
}

fn read(path: &Path) -> Result<Option<Secret>, SecretError> {
    let fail = |error| SecretError::File(path.to_owned(), error);
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail(error)),
    };
    let mode = file.metadata().map_err(fail)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(SecretError::Exposed(path.to_owned()));
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(fail)?;
    let secret = Secret::new(text.trim());
    if secret.expose().len() < MIN_LENGTH {
        return Err(fail(io::Error::other("the secret in it is cut short")));
    }
    Ok(Some(secret))
}

fn make(path: &Path, random: &dyn Random) -> io::Result<()> {
    write_private(path, &Secret::new(URL_SAFE_NO_PAD.encode(random.bytes::<32>())))
}
