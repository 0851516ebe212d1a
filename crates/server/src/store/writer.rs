use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use super::StoreError;

/// The one connection that writes to SQLite. Writes that come at the same time share a transaction,
/// since what is slow about one is that the disk must have its end: each waits for its turn, does
/// its work, lets the next one on, and is answered when the commit has come through. The commit
/// stands in the same queue, behind those who waited when the transaction began.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    patience: Duration,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    options: SqliteConnectOptions,
    /// Of one connection.
    pool: SqlitePool,
    /// Absent while no transaction is open.
    batch: Option<Batch>,
}

/// The writes that share a transaction.
#[derive(Debug)]
struct Batch {
    transaction: Transaction<'static, Sqlite>,
    /// Tells their callers that it was committed; dropped without a word where it was not.
    committed: watch::Sender<bool>,
}

/// The right to write, in a transaction that is shared with others.
#[derive(Debug)]
pub(super) struct Turn {
    state: OwnedMutexGuard<State>,
    committed: watch::Receiver<bool>,
}

impl Writer {
    /// Opens the connection. A write waits so long for its turn.
    pub(super) async fn open(
        options: SqliteConnectOptions,
        patience: Duration,
    ) -> Result<Self, sqlx::Error> {
        let pool = pool(&options);
        pool.acquire().await?;
        let state = Arc::new(Mutex::new(State { options, pool, batch: None }));
        Ok(Self { patience, state })
    }

    /// Waits for a turn, which ends with [`Turn::end`]. One that is dropped leaves its statement
    /// done or not done, and the statements of a transaction of its own undone.
    pub(super) async fn turn(&self) -> Result<Turn, StoreError> {
        let lock = Arc::clone(&self.state).lock_owned();
        let state = tokio::time::timeout(self.patience, lock).await;
        let mut state = state.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let committed = if let Some(batch) = &state.batch {
            batch.committed.subscribe()
        } else {
            // Takes the write lock at once: a reader that turns writer may be refused on the spot.
            let transaction = state.pool.begin_with("BEGIN IMMEDIATE").await?;
            let (sender, committed) = watch::channel(false);
            state.batch = Some(Batch { transaction, committed: sender });
            // Not in the task of whoever writes, which may be dropped at any moment.
            let state = Arc::clone(&self.state);
            tokio::spawn(async move { state.lock().await.commit().await });
            committed
        };
        Ok(Turn { state, committed })
    }

    /// Commits what was written and lets go of the connection.
    pub(super) async fn close(&self) {
        let mut state = self.state.lock().await;
        state.commit().await;
        state.pool.close().await;
    }
}

/// Connects when it is needed.
fn pool(options: &SqliteConnectOptions) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(1)
        // What is in this process cannot have gone away.
        .test_before_acquire(false)
        .connect_lazy_with(options.clone())
}

impl State {
    /// Commits what is open, if anything is, and says so to those who wait for it.
    async fn commit(&mut self) {
        let Some(Batch { transaction, committed }) = self.batch.take() else { return };
        match transaction.commit().await {
            Ok(()) => {
                committed.send_replace(true);
            }
            Err(error) => {
                tracing::error!(%error, "what was written was not committed");
                self.start_afresh();
            }
        }
    }

    /// After a fault SQLite may have undone the transaction by itself, and then sqlx is wrong about
    /// the connection: it goes, and whatever is left open on it.
    fn start_afresh(&mut self) {
        self.batch = None;
        self.pool = pool(&self.options);
    }
}

impl Turn {
    /// Where to write.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.state.batch.as_mut().expect("a turn is given out in a transaction").transaction
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
            tracing::error!(%error, "a write failed, and those of the same transaction with it");
            self.state.start_afresh();
        }
        drop(self.state);
        let is_committed = self.committed.wait_for(|&is_committed| is_committed).await.is_ok();
        if written.is_ok() && !is_committed { Err(StoreError::NotCommitted) } else { written }
    }
}

#[cfg(test)]
mod tests;
