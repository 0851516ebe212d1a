mod migrations;
mod postgres;
mod sqlite;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use super::connections::Patience;
use super::database::{Database, WriteDatabase};
use super::files::{beside, make_folder, open_lock, prepare_database};
use super::space::Space;
use super::{Store, StoreError};
use crate::settings::{DatabaseSettings, DatabaseUrl};

/// How long a request waits for a connection before it is answered 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// What a store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreUse {
    /// Requests: each is answered soon or refused. A database that is not up yet is waited for.
    Server,
    /// A command of an operator, who can wait for a long statement, and who sees at once that the
    /// database is not up.
    Command,
}

impl StoreUse {
    fn patience(self) -> Patience {
        let statements = match self {
            Self::Server => Duration::from_secs(6),
            Self::Command => Duration::from_secs(300),
        };
        Patience {
            connection: ACQUIRE_TIMEOUT,
            statements,
            statements_again: statements,
            asked_again: None,
        }
    }

    /// For reading the changes, which must be heard within a second once the database answers again.
    fn following(self) -> Patience {
        Patience {
            statements_again: Duration::from_millis(600),
            asked_again: Some(Duration::from_millis(500)),
            ..self.patience()
        }
    }
}

/// Why the database cannot be opened, in one line that says what to do.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A file or folder cannot be made or read.
    #[error("database.url: {0}: {1}")]
    File(PathBuf, io::Error),
    /// It does not answer, or is no database.
    #[error("database.url: {0} cannot be opened: {1}")]
    Connect(DatabaseUrl, sqlx::Error),
    /// There is no connection with TLS as the settings ask for.
    #[error("database.tls: {0} cannot be reached over TLS: {1}; {2}")]
    Tls(DatabaseUrl, sqlx::Error, &'static str),
    /// It is not such as Carnet needs it.
    #[error("database.url: {0} {1}")]
    Unsuitable(DatabaseUrl, String),
    /// Its tables cannot be brought up to date.
    #[error("database.url: {0} cannot be migrated: {1}")]
    Migrate(DatabaseUrl, sqlx::migrate::MigrateError),
}

/// Held while a process makes what a new SQLite database needs: sqlx's own migration lock does
/// nothing there, and a server and a command may start together. PostgreSQL needs none.
#[derive(Debug)]
pub struct StartLock(#[expect(dead_code, reason = "held, not read")] Option<File>);

impl StartLock {
    /// Waits for the lock, away from the threads that serve. Makes the folder and the file of the
    /// database where they are missing, and takes the file from everybody but its owner.
    ///
    /// # Errors
    /// When the folder or the file cannot be made or written.
    pub async fn take(url: DatabaseUrl) -> Result<Self, OpenError> {
        let DatabaseUrl::Sqlite(path) = url else { return Ok(Self(None)) };
        let waiting = {
            let path = path.clone();
            tokio::task::spawn_blocking(move || lock_beside(&path))
        };
        let locked =
            waiting.await.map_err(|error| OpenError::File(path, io::Error::other(error)))?;
        locked.map(|file| Self(Some(file)))
    }
}

fn lock_beside(path: &Path) -> Result<File, OpenError> {
    let fail = |path: &Path| {
        let path = path.to_owned();
        move |error| OpenError::File(path, error)
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder).map_err(fail(folder))?;
    }
    let lock = beside(path, "lock");
    let file = open_lock(&lock).map_err(fail(&lock))?;
    file.lock().map_err(fail(&lock))?;
    prepare_database(path).map_err(fail(path))?;
    Ok(file)
}

impl Store {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// When it cannot be opened or migrated.
    pub async fn open(
        settings: &DatabaseSettings,
        wanted_for: StoreUse,
        _lock: &StartLock,
    ) -> Result<Self, OpenError> {
        match &settings.url {
            DatabaseUrl::Sqlite(path) => {
                let opened = sqlite::open(path, settings.max_connections, wanted_for).await;
                opened.map_err(|error| not_opened(&settings.url, error))
            }
            DatabaseUrl::Postgres(url) => postgres::open(url, settings, wanted_for).await,
        }
    }

    fn of(read: Database, write: WriteDatabase, follow: Database, space: Arc<Space>) -> Self {
        Self { read, write, follow, steps: Arc::default(), space }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        super::database::each_database!(&self.read, pool =>
            sqlx::query("SELECT 1").execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// Opens connections again as they are needed: after a fault nobody knows which of them are
    /// still there.
    pub(crate) fn renew_connections(&self) {
        match &self.read {
            // A file does not go away.
            Database::Sqlite(_) => {}
            Database::Postgres(connections) => connections.renew(),
        }
    }

    /// Lets go of every connection.
    pub async fn close(&self) {
        if let WriteDatabase::Sqlite(writer) = &self.write {
            writer.close().await;
        }
        for connections in [&self.read, &self.follow] {
            match connections {
                Database::Sqlite(connections) => connections.close().await,
                Database::Postgres(connections) => connections.close().await,
            }
        }
    }
}

fn not_opened(url: &DatabaseUrl, error: sqlx::Error) -> OpenError {
    match error {
        sqlx::Error::Migrate(error) => OpenError::Migrate(url.clone(), *error),
        error => OpenError::Connect(url.clone(), error),
    }
}
