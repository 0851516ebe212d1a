use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteTransactionManager};
use sqlx::{ConnectOptions, Connection, SqlSafeStr, SqliteConnection};
use sqlx_core::transaction::TransactionManager;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use super::StoreError;

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
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// Absent once it is closed.
    options: Option<SqliteConnectOptions>,
    /// Absent while a transaction is open, and after a fault until the next one.
    resting: Option<SqliteConnection>,
    /// Absent while no transaction is open.
    batch: Option<Batch>,
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
    state: OwnedMutexGuard<State>,
    /// Absent where what is written commits itself.
    committed: Option<watch::Receiver<bool>>,
}

impl Writer {
    /// Opens the connection. A write waits so long for its turn.
    pub(super) async fn open(
        options: SqliteConnectOptions,
        patience: Duration,
    ) -> Result<Self, sqlx::Error> {
        let resting = Some(options.connect().await?);
        let state = Arc::new(Mutex::new(State { options: Some(options), resting, batch: None }));
        Ok(Self { patience, state })
    }

    /// Waits for a turn, which ends with [`Turn::end`]. One that is dropped leaves its statement
    /// done or not done, and the statements of a transaction of its own undone.
    pub(super) async fn turn(&self) -> Result<Turn, StoreError> {
        let mut state = self.state().await?;
        let committed = if let Some(batch) = &state.batch {
            batch.committed.subscribe()
        } else {
            let committed = state.begin().await?;
            // Not in the task of whoever writes, which may be dropped at any moment.
            let state = Arc::clone(&self.state);
            tokio::spawn(async move { state.lock().await.commit().await });
            committed
        };
        Ok(Turn { state, committed: Some(committed) })
    }

    /// Waits for a turn to write one statement, which does the work of many by itself: where no
    /// transaction is open it goes without, and saves the ways for its begin and its end.
    pub(super) async fn turn_for_one_statement(&self) -> Result<Turn, StoreError> {
        let mut state = self.state().await?;
        let committed = state.batch.as_ref().map(|batch| batch.committed.subscribe());
        if committed.is_none() {
            state.resting = Some(state.take().await?);
        }
        Ok(Turn { state, committed })
    }

    async fn state(&self) -> Result<OwnedMutexGuard<State>, StoreError> {
        let lock = Arc::clone(&self.state).lock_owned();
        let state = tokio::time::timeout(self.patience, lock).await;
        Ok(state.map_err(|_| sqlx::Error::PoolTimedOut)?)
    }

    /// Commits what was written and lets go of the connection.
    pub(super) async fn close(&self) {
        let mut state = self.state.lock().await;
        state.commit().await;
        state.options = None;
        if let Some(connection) = state.resting.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the connection that writes was not closed");
        }
    }
}

impl State {
    /// The connection that rests, or a new one.
    async fn take(&mut self) -> Result<SqliteConnection, sqlx::Error> {
        match (self.resting.take(), &self.options) {
            (Some(connection), _) => Ok(connection),
            (None, Some(options)) => options.connect().await,
            (None, None) => Err(sqlx::Error::PoolClosed),
        }
    }

    /// Begins a transaction for all who come before it is committed.
    async fn begin(&mut self) -> Result<watch::Receiver<bool>, sqlx::Error> {
        // Whoever goes away midway takes it along, since nobody knows then whether it has begun.
        let mut connection = self.take().await?;
        // Takes the write lock at once: a reader that turns writer may be refused on the spot.
        let statement = "BEGIN IMMEDIATE".into_sql_str();
        SqliteTransactionManager::begin(&mut connection, Some(statement)).await?;
        let (sender, committed) = watch::channel(false);
        self.batch = Some(Batch { connection, committed: sender });
        Ok(committed)
    }

    /// Commits what is open, if anything is, and says so to those who wait for it.
    async fn commit(&mut self) {
        let Some(Batch { mut connection, committed }) = self.batch.take() else { return };
        match SqliteTransactionManager::commit(&mut connection).await {
            Ok(()) => {
                self.resting = Some(connection);
                committed.send_replace(true);
            }
            // SQLite may have undone the transaction by itself, and then sqlx is wrong about the
            // connection, which goes, and with it whatever is open on it.
            Err(error) => tracing::error!(%error, "what was written was not committed"),
        }
    }

    /// After a fault the connection goes as well.
    fn start_afresh(&mut self) {
        self.batch = None;
        self.resting = None;
    }
}

impl Turn {
    /// Where to write.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        let State { batch, resting, .. } = &mut *self.state;
        let connection = batch.as_mut().map(|batch| &mut batch.connection).or(resting.as_mut());
        connection.expect("a turn is given out with a connection")
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
            self.state.start_afresh();
        }
        drop(self.state);
        let Some(mut committed) = self.committed else { return written };
        let is_committed = committed.wait_for(|&is_committed| is_committed).await.is_ok();
        if written.is_ok() && !is_committed { Err(StoreError::NotCommitted) } else { written }
    }
}

#[cfg(test)]
mod tests;
