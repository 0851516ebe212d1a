use std::mem;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteTransactionManager};
use sqlx::{ConnectOptions, Connection, SqlSafeStr, SqliteConnection};
use sqlx_core::transaction::TransactionManager;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use super::StoreError;
use super::space::Space;

/// How long a caller waits for the disk.
const COMMITTING: Duration = Duration::from_secs(10);

/// The one connection that writes to SQLite. Writes that come at the same time share a transaction,
/// since what is slow about one is that the disk must have its end: each waits for its turn, does
/// its work, lets the next one on, and is answered when the commit has come through. The commit
/// stands in the same queue, behind those who waited when the transaction began.
///
/// The connection is not in a pool of sqlx's, which asks it after each transaction whether it is
/// still there: on a busy machine each way to SQLite's thread and back may take as long as the disk.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    patience: Duration,
    line: Arc<Mutex<Line>>,
}

/// The way to the database.
#[derive(Debug)]
struct Line {
    options: SqliteConnectOptions,
    state: State,
    space: Arc<Space>,
}

#[derive(Debug)]
enum State {
    /// For good.
    Closed,
    /// Without a connection, after a fault or a caller who went away; the next write opens one.
    Broken,
    /// Connected, and no transaction is open.
    Resting(SqliteConnection),
    /// In a transaction.
    Open(Batch),
}

/// The writes that share a transaction.
#[derive(Debug)]
struct Batch {
    connection: SqliteConnection,
    /// Tells their callers that it was committed; dropped without a word where it was not.
    committed: watch::Sender<bool>,
}

/// The right to write, in a transaction that is shared with others.
#[derive(Debug)]
pub(super) struct Turn {
    line: OwnedMutexGuard<Line>,
    /// Absent where what is written commits itself.
    committed: Option<watch::Receiver<bool>>,
}

impl Writer {
    /// Opens the connection. A write waits so long for its turn.
    pub(super) async fn open(
        options: SqliteConnectOptions,
        patience: Duration,
        space: Arc<Space>,
    ) -> Result<Self, sqlx::Error> {
        let state = State::Resting(options.connect().await?);
        Ok(Self { patience, line: Arc::new(Mutex::new(Line { options, state, space })) })
    }

    /// Waits for a turn, which ends with [`Turn::end`]. One that is dropped leaves its statement
    /// done or not done, and the statements of a transaction of its own undone.
    pub(super) async fn turn(&self) -> Result<Turn, StoreError> {
        let mut line = self.line().await?;
        let committed = if let State::Open(batch) = &line.state {
            batch.committed.subscribe()
        } else {
            let committed = line.begin().await?;
            // Not in the task of whoever writes, which may be dropped at any moment.
            let line = Arc::clone(&self.line);
            tokio::spawn(async move { line.lock().await.commit().await });
            committed
        };
        Ok(Turn { line, committed: Some(committed) })
    }

    /// Waits for a turn to write one statement, which does the work of many by itself: where no
    /// transaction is open it goes without, and saves the ways for its begin and its end.
    pub(super) async fn turn_for_one_statement(&self) -> Result<Turn, StoreError> {
        let mut line = self.line().await?;
        let committed = if let State::Open(batch) = &line.state {
            Some(batch.committed.subscribe())
        } else {
            line.state = State::Resting(line.take().await?);
            None
        };
        Ok(Turn { line, committed })
    }

    /// Copies what was logged into the database, so that the log begins anew where it lies and takes
    /// no more room.
    pub(super) async fn begin_log_anew(&self) -> Result<(), StoreError> {
        let mut turn = self.turn_for_one_statement().await?;
        let begun = sqlx::query("PRAGMA wal_checkpoint(RESTART)").execute(turn.connection()).await;
        turn.end(begun.map(|_| ()).map_err(StoreError::from)).await
    }

    async fn line(&self) -> Result<OwnedMutexGuard<Line>, StoreError> {
        let lock = Arc::clone(&self.line).lock_owned();
        let line = tokio::time::timeout(self.patience, lock).await;
        Ok(line.map_err(|_| sqlx::Error::PoolTimedOut)?)
    }

    /// Commits what was written and lets go of the connection.
    pub(super) async fn close(&self) {
        let mut line = self.line.lock().await;
        line.commit().await;
        if let State::Resting(connection) = mem::replace(&mut line.state, State::Closed)
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the connection that writes was not closed");
        }
    }
}

impl Line {
    /// The connection that rests, or a new one. Whoever goes away with it takes it along, since
    /// nobody knows then how it stands.
    async fn take(&mut self) -> Result<SqliteConnection, sqlx::Error> {
        match mem::replace(&mut self.state, State::Broken) {
            State::Closed => {
                self.state = State::Closed;
                Err(sqlx::Error::PoolClosed)
            }
            State::Resting(connection) => Ok(connection),
            State::Broken | State::Open(_) => self.options.connect().await,
        }
    }

    /// Begins a transaction for all who come before it is committed.
    async fn begin(&mut self) -> Result<watch::Receiver<bool>, sqlx::Error> {
        let mut connection = self.take().await?;
        // Takes the write lock at once: a reader that turns writer may be refused on the spot.
        let statement = "BEGIN IMMEDIATE".into_sql_str();
        SqliteTransactionManager::begin(&mut connection, Some(statement)).await?;
        let (sender, committed) = watch::channel(false);
        self.state = State::Open(Batch { connection, committed: sender });
        Ok(committed)
    }

    /// Commits what is open, if anything is.
    async fn commit(&mut self) {
        self.state = match mem::replace(&mut self.state, State::Broken) {
            State::Open(batch) => batch.commit(&self.space).await,
            other => other,
        };
    }
}

impl Batch {
    /// Commits, and says so to those who wait for it.
    async fn commit(mut self, space: &Space) -> State {
        match SqliteTransactionManager::commit(&mut self.connection).await {
            Ok(()) => {
                self.committed.send_replace(true);
                State::Resting(self.connection)
            }
            // SQLite may have undone the transaction by itself, and then sqlx is wrong about the
            // connection, which goes, and with it whatever is open on it.
            Err(error) => {
                tracing::error!(%error, "what was written was not committed");
                space.note(&error.into());
                State::Broken
            }
        }
    }
}

impl Turn {
    /// Where to write.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        match &mut self.line.state {
            State::Resting(connection) | State::Open(Batch { connection, .. }) => connection,
            State::Closed | State::Broken => unreachable!("a turn is given out with a connection"),
        }
    }

    /// Lets the next one on and waits until what was written, or seen of what others wrote, is sure
    /// to stay.
    ///
    /// # Errors
    /// That of the write, or that nothing of this transaction was written.
    pub(super) async fn end<T>(mut self, written: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &written
            && error.is_fault()
        {
            tracing::error!(%error, "a write failed, and those of its transaction with it");
            self.line.space.note(error);
            // After a fault nobody knows how the connection stands.
            self.line.state = State::Broken;
        }
        drop(self.line);
        let Some(mut committed) = self.committed else { return written };
        let commit = committed.wait_for(|&is_committed| is_committed);
        match tokio::time::timeout(COMMITTING, commit).await {
            Ok(Ok(_)) => written,
            Ok(Err(_)) => written.and(Err(StoreError::NotCommitted)),
            Err(_) => written.and(Err(StoreError::TimedOut)),
        }
    }
}

#[cfg(test)]
mod tests;
