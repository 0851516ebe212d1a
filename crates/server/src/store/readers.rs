use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{Semaphore, SemaphorePermit};

/// The connections that read SQLite. sqlx's own pool asks a connection whether it is still there
/// when it is given back, which costs as much as a query by key: each has a thread of its own that
/// must be woken. One that has just answered is there, and any other is let go.
#[derive(Debug, Clone)]
pub(super) struct Readers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: SqliteConnectOptions,
    patience: Duration,
    turns: Semaphore,
    idle: Mutex<Vec<SqliteConnection>>,
}

/// A connection to read from; gone unless it is given back with [`Reader::done`].
#[derive(Debug)]
pub(super) struct Reader<'a> {
    connection: SqliteConnection,
    shared: &'a Shared,
    _turn: SemaphorePermit<'a>,
}

impl Readers {
    /// So many at most, opened when they are needed. A query waits so long for one.
    pub(super) fn new(options: SqliteConnectOptions, most: u32, patience: Duration) -> Self {
        let turns = Semaphore::new(usize::try_from(most).unwrap_or(1));
        Self(Arc::new(Shared { options, patience, turns, idle: Mutex::default() }))
    }

    /// Takes one.
    pub(super) async fn reader(&self) -> Result<Reader<'_>, sqlx::Error> {
        let shared = &*self.0;
        let turn = tokio::time::timeout(shared.patience, shared.turns.acquire()).await;
        let turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let _turn = turn.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = shared.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => shared.options.connect().await?,
        };
        Ok(Reader { connection, shared, _turn })
    }

    /// Lets go of all of them.
    pub(super) async fn close(&self) {
        self.0.turns.close();
        let idle = std::mem::take(&mut *self.0.idle());
        for connection in idle {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "a connection was not closed in order");
            }
        }
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader<'_> {
    /// Where to read.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }

    /// Gives it back if it has answered.
    pub(super) fn done<T>(self, result: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        if result.is_ok() && !self.shared.turns.is_closed() {
            self.shared.idle().push(self.connection);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readers() -> Readers {
        Readers::new(SqliteConnectOptions::new().in_memory(true), 2, Duration::from_millis(20))
    }

    async fn read(readers: &Readers, sql: &'static str) -> Result<i64, sqlx::Error> {
        let mut reader = readers.reader().await?;
        let result = sqlx::query_scalar(sql).fetch_one(reader.connection()).await;
        reader.done(result)
    }

    fn idle(readers: &Readers) -> usize {
        readers.0.idle().len()
    }

    #[tokio::test]
    async fn only_a_connection_that_has_answered_is_used_again() {
        let readers = readers();
        for _ in 0..3 {
            assert_eq!(read(&readers, "SELECT 7").await.unwrap(), 7);
            assert_eq!(idle(&readers), 1);
        }
        read(&readers, "SELECT nothing").await.unwrap_err();
        assert_eq!(idle(&readers), 0);
        read(&readers, "SELECT 7").await.unwrap();
        let mut gone = Box::pin(read(&readers, "SELECT 7"));
        assert!(futures::poll!(&mut gone).is_pending());
        drop(gone);
        assert_eq!(idle(&readers), 0);
        assert_eq!(read(&readers, "SELECT 7").await.unwrap(), 7);
    }

    #[tokio::test]
    async fn whoever_finds_all_in_use_waits_and_not_for_ever() {
        let readers = readers();
        let (one, _other) = (readers.reader().await.unwrap(), readers.reader().await.unwrap());
        let refused = readers.reader().await.map(drop);
        assert!(matches!(refused, Err(sqlx::Error::PoolTimedOut)), "{refused:?}");
        let (waited, ()) = tokio::join!(read(&readers, "SELECT 7"), async { drop(one) });
        assert_eq!(waited.unwrap(), 7);
    }

    #[tokio::test]
    async fn closed_it_gives_none_and_takes_none_back() {
        let readers = readers();
        let reader = readers.reader().await.unwrap();
        readers.close().await;
        reader.done(Ok(())).unwrap();
        assert_eq!(idle(&readers), 0);
        assert!(matches!(read(&readers, "SELECT 7").await, Err(sqlx::Error::PoolClosed)));
    }
}
