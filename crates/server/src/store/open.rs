use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use thiserror::Error;

use super::connections::Connections;
use super::database::{Database, WriteDatabase};
use super::files::{beside, make_folder, open_lock, prepare_database};
use super::space::Space;
use super::writer::Writer;
use super::{Store, StoreError};
use crate::settings::{DatabaseSettings, DatabaseUrl};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// How long a request waits for a connection before it is answered 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the database cannot be opened, in one line that says what to do.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A file or folder cannot be made or read.
    #[error("database.url: {0}: {1}")]
    File(PathBuf, io::Error),
    /// It does not answer, or is no database.
    #[error("database.url: {0} cannot be opened: {1}")]
    Connect(DatabaseUrl, sqlx::Error),
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
    pub async fn open(settings: &DatabaseSettings, _lock: &StartLock) -> Result<Self, OpenError> {
        let url = &settings.url;
        let store = match url {
            DatabaseUrl::Sqlite(path) => open_sqlite(path, settings.max_connections).await,
            DatabaseUrl::Postgres(text) => {
                open_postgres(text.expose(), settings.max_connections).await
            }
        };
        store.map_err(|error| match error {
            sqlx::Error::Migrate(error) => OpenError::Migrate(url.clone(), *error),
            error => OpenError::Connect(url.clone(), error),
        })
    }

    fn of(read: Database, write: WriteDatabase, space: Arc<Space>) -> Self {
        Self { read, write, steps: Arc::default(), space }
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

    /// Lets go of every connection.
    pub async fn close(&self) {
        if let WriteDatabase::Sqlite(writer) = &self.write {
            writer.close().await;
        }
        match &self.read {
            Database::Sqlite(connections) => connections.close().await,
            Database::Postgres(connections) => connections.close().await,
        }
    }
}

async fn open_sqlite(path: &Path, max_connections: u32) -> Result<Store, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL may lose an acknowledged sign-out when the power fails.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(ACQUIRE_TIMEOUT);
    let mut connection = options.connect().await?;
    MIGRATIONS.run(&mut connection).await?;
    connection.close().await?;
    let space = Arc::new(Space::beside(path));
    let write = Writer::open(options.clone(), ACQUIRE_TIMEOUT, Arc::clone(&space)).await?;
    let read = Connections::new(options, max_connections, ACQUIRE_TIMEOUT);
    Ok(Store::of(Database::Sqlite(read), WriteDatabase::Sqlite(write), space))
}

async fn open_postgres(url: &str, max_connections: u32) -> Result<Store, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?;
    let mut connection = options.connect().await?;
    MIGRATIONS.run(&mut connection).await?;
    connection.close().await?;
    let all = Connections::new(options, max_connections, ACQUIRE_TIMEOUT);
    let (read, write) = (Database::Postgres(all.clone()), WriteDatabase::Postgres(all));
    Ok(Store::of(read, write, Arc::default()))
}
