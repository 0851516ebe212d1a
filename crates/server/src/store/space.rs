//! What happens when the disk is full: what grows the database is refused, and what ends sessions
//! goes on, in room that was kept for it.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::database::WriteDatabase;
use super::{Store, StoreError};
use crate::random::{Random, SystemRandom};

/// As much as SQLite's log of writes takes before it begins anew, which is what has to be copied
/// into the database before anything else can be written.
const RESERVE_BYTES: u64 = 4 * 1024 * 1024;

/// How often a write is tried again in the room that was made for it.
const TRIES: usize = 3;

/// The room on the disk of a SQLite database. For PostgreSQL it has no reserve, since nobody knows
/// on which disk that writes, and each write finds out by itself.
#[derive(Debug, Default)]
pub(super) struct Space {
    /// A file that does nothing but take up room, and is removed when a session must end.
    reserve: Option<PathBuf>,
    /// Whether a write has failed for lack of room since there was last enough.
    is_full: AtomicBool,
}

impl Space {
    /// That of a SQLite database.
    pub(super) fn beside(database: &Path) -> Self {
        let mut path = OsString::from(database);
        path.push("-reserve");
        Self { reserve: Some(path.into()), is_full: AtomicBool::new(false) }
    }

    /// Takes note of why a write failed.
    pub(super) fn note(&self, error: &StoreError) {
        if self.reserve.is_some() && error.is_full() && !self.is_full.swap(true, Ordering::AcqRel) {
            tracing::error!(
                %error,
                "the disk of the database is full: until there is room, sessions can end and \
                 nothing new is taken in"
            );
        }
    }

    fn is_full(&self) -> bool {
        self.is_full.load(Ordering::Acquire)
    }

    /// Gives the reserve back to the disk.
    fn release(&self) {
        let Some(path) = &self.reserve else { return };
        match fs::remove_file(path) {
            Ok(()) => tracing::warn!("the reserve was given to the database"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::error!(%error, "the reserve cannot be given to the database"),
        }
    }

    /// Makes the reserve, or makes it again once there is enough room beside it.
    fn keep_reserve(&self) -> io::Result<()> {
        let Some(path) = &self.reserve else { return Ok(()) };
        let is_there = fs::metadata(path).is_ok_and(|file| file.len() == RESERVE_BYTES);
        if is_there && !self.is_full() {
            return Ok(());
        }
        let wanted = if is_there { RESERVE_BYTES } else { 2 * RESERVE_BYTES };
        if room_beside(path)? < wanted {
            return Ok(());
        }
        if !is_there && let Err(error) = fill(path) {
            // Half of it would be room that is taken for nothing.
            let _ = fs::remove_file(path);
            return Err(error);
        }
        if self.is_full.swap(false, Ordering::AcqRel) {
            tracing::warn!("the disk of the database has room again");
        }
        Ok(())
    }
}

/// Bytes that anybody may still write there.
fn room_beside(path: &Path) -> io::Result<u64> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let found = rustix::fs::statvfs(folder.unwrap_or(Path::new(".")))?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Writes what no file system can make smaller.
fn fill(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.create(true).truncate(true).write(true).mode(0o600).open(path)?;
    let mut bytes = vec![0; 64 * 1024];
    for _ in 0..RESERVE_BYTES / 65_536 {
        SystemRandom.fill(&mut bytes);
        file.write_all(&bytes)?;
    }
    file.sync_all()
}

impl StoreError {
    /// Whether there is no room on the disk, or in a quota, which SQLite calls a write that failed.
    pub fn is_full(&self) -> bool {
        const SQLITE_FULL: &str = "13";
        const SQLITE_IOERR_WRITE: &str = "778";
        const SQLITE_IOERR_SHMSIZE: &str = "4874";
        const POSTGRES_DISK_FULL: &str = "53100";
        match self {
            Self::Full => true,
            Self::Database(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
                [SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_SHMSIZE, POSTGRES_DISK_FULL]
                    .contains(&&*code)
            }),
            Self::Database(_) | Self::NotCommitted | Self::TimedOut | Self::Corrupt(_) => false,
        }
    }
}

impl Store {
    /// Refuses a write that would take up room while there is none: what is left is for those who
    /// sign out.
    ///
    /// # Errors
    /// [`StoreError::Full`] while the disk is full.
    pub(super) fn has_room(&self) -> Result<(), StoreError> {
        if self.space.is_full() { Err(StoreError::Full) } else { Ok(()) }
    }

    /// Runs a write that has to succeed on a full disk too.
    ///
    /// # Errors
    /// Those of the write.
    pub(super) async fn even_when_full<T, W>(&self, write: impl Fn() -> W) -> Result<T, StoreError>
    where
        W: Future<Output = Result<T, StoreError>>,
    {
        let mut written = write().await;
        for _ in 0..TRIES {
            match &written {
                // The write of somebody else may have failed the transaction that they shared.
                Err(StoreError::NotCommitted) if self.space.is_full() => {}
                Err(error) if error.is_full() => {}
                Ok(_) | Err(_) => break,
            }
            self.make_room().await;
            written = write().await;
        }
        written
    }

    async fn make_room(&self) {
        let WriteDatabase::Sqlite(writer) = &self.write else { return };
        let space = Arc::clone(&self.space);
        // Away from the threads that serve.
        if let Err(error) = tokio::task::spawn_blocking(move || space.release()).await {
            tracing::error!(%error, "the reserve cannot be given to the database");
        }
        if let Err(error) = writer.begin_log_anew().await {
            tracing::warn!(%error, "the log of writes was not begun anew");
        }
    }

    /// Keeps room on the disk for those who sign out when it is full.
    pub(crate) async fn keep_reserve(&self) {
        let space = Arc::clone(&self.space);
        match tokio::task::spawn_blocking(move || space.keep_reserve()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "there is no reserve for a full disk"),
            Err(error) => tracing::warn!(%error, "there is no reserve for a full disk"),
        }
    }
}
