use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use super::StoreError;

/// Whoever rests for so long may have been cut off, and is asked first.
const TRUSTED_REST: Duration = Duration::from_secs(1);

/// One that nobody has needed for so long is let go.
const LONGEST_REST: Duration = Duration::from_secs(10 * 60);

/// One that is so old is opened anew: the name of the database may lead elsewhere by now.
const LONGEST_LIFE: Duration = Duration::from_secs(30 * 60);

/// How long a connection may take to close.
const CLOSING: Duration = Duration::from_millis(500);

/// How long a connection that has rested may take to answer. One that does not is replaced.
const ANSWERING: Duration = Duration::from_secs(1);

/// How long one waits for what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For a connection.
    pub(super) connection: Duration,
    /// For the statements that are run on it, of which a transaction may have several.
    pub(super) statements: Duration,
    /// The same on a connection that has been used before, and may be dead without anybody having
    /// said so.
    pub(super) statements_again: Duration,
    /// How often a connection that is not there yet is asked for again beside those that were asked
    /// for before. None of them may ever come, where the network swallows what is sent.
    pub(super) asked_again: Option<Duration>,
}

/// A connection that is made ready as it is opened.
pub(super) trait Opened: Connection + Sized {
    /// Opens one.
    fn open(options: &Self::Options) -> impl Future<Output = Result<Self, sqlx::Error>> + Send;
}

impl Opened for SqliteConnection {
    async fn open(options: &Self::Options) -> Result<Self, sqlx::Error> {
        options.connect().await
    }
}

/// Connections to a database. sqlx's own pool asks a connection whether it is still there whenever
/// it is given back, which costs as much as a query by key. Here one that has just answered is
/// trusted to be there, and any other is asked or let go. One that failed, or did not answer in time,
/// is let go too: nobody knows what it would answer next.
#[derive(Debug)]
pub(super) struct Connections<C: Connection>(Arc<Shared<C>>);

#[derive(Debug)]
struct Shared<C: Connection> {
    options: C::Options,
    patience: Patience,
    turns: Arc<Semaphore>,
    /// Who was given back last is the last of them.
    resting: Mutex<Vec<Resting<C>>>,
}

#[derive(Debug)]
struct Resting<C> {
    connection: C,
    opened: Instant,
    since: Instant,
}

/// A connection in use. Given back with [`Held::done`] it serves the next one at once; otherwise, as
/// when a caller goes away midway, it does so when it has come to rest.
#[derive(Debug)]
pub(super) struct Held<C: Connection + 'static> {
    shared: Arc<Shared<C>>,
    /// Absent once it is given back.
    taken: Option<Taken<C>>,
}

#[derive(Debug)]
struct Taken<C> {
    connection: C,
    opened: Instant,
    is_new: bool,
    turn: OwnedSemaphorePermit,
}

impl<C: Connection> Clone for Connections<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C: Opened + 'static> Connections<C> {
    /// So many at most, opened when they are needed.
    pub(super) fn new(options: C::Options, most: u32, patience: Patience) -> Self {
        let turns = Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1)));
        Self(Arc::new(Shared { options, patience, turns, resting: Mutex::default() }))
    }

    /// Takes one.
    ///
    /// # Errors
    /// When there is none in time, or none can be opened.
    pub(super) async fn take(&self) -> Result<Held<C>, StoreError> {
        let taken = timeout(self.0.patience.connection, self.taken()).await;
        let taken = taken.map_err(|_| sqlx::Error::PoolTimedOut)??;
        Ok(Held { shared: Arc::clone(&self.0), taken: Some(taken) })
    }

    async fn taken(&self) -> Result<Taken<C>, sqlx::Error> {
        let turn = Arc::clone(&self.0.turns).acquire_owned().await;
        let turn = turn.map_err(|_| sqlx::Error::PoolClosed)?;
        loop {
            let last = self.0.resting().pop();
            let Some(Resting { mut connection, opened, since }) = last else {
                let connection = self.0.open().await?;
                return Ok(Taken { connection, opened: Instant::now(), is_new: true, turn });
            };
            if opened.elapsed() >= LONGEST_LIFE {
                // It is gone in any case.
                let _ = timeout(CLOSING, connection.close()).await;
            } else if since.elapsed() < TRUSTED_REST || self.0.answers(&mut connection).await {
                return Ok(Taken { connection, opened, is_new: false, turn });
            }
        }
    }

    /// Lets go of those that rest: they may have been cut off, as others were.
    pub(super) fn renew(&self) {
        self.0.resting().clear();
    }

    /// Lets go of all of them.
    pub(super) async fn close(&self) {
        self.0.turns.close();
        let resting = std::mem::take(&mut *self.0.resting());
        for Resting { connection, .. } in resting {
            if let Ok(Err(error)) = timeout(CLOSING, connection.close()).await {
                tracing::warn!(%error, "a connection was not closed in order");
            }
        }
    }
}

impl<C: Opened> Shared<C> {
    async fn open(&self) -> Result<C, sqlx::Error> {
        let Some(interval) = self.patience.asked_again else {
            return C::open(&self.options).await;
        };
        let mut opening = FuturesUnordered::new();
        let mut interval = tokio::time::interval(interval);
        loop {
            tokio::select! {
                Some(opened) = opening.next(), if !opening.is_empty() => return opened,
                _ = interval.tick() => opening.push(C::open(&self.options)),
            }
        }
    }
}

impl<C: Connection> Shared<C> {
    async fn answers(&self, connection: &mut C) -> bool {
        matches!(timeout(ANSWERING, connection.ping()).await, Ok(Ok(())))
    }

    fn resting(&self) -> MutexGuard<'_, Vec<Resting<C>>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For the next one to take, and those go whom nobody has taken for long.
    fn give_back(&self, taken: Taken<C>) {
        let Taken { connection, opened, turn, .. } = taken;
        if self.turns.is_closed() {
            return;
        }
        let mut resting = self.resting();
        let rested = |resting: &&Resting<C>| resting.since.elapsed() >= LONGEST_REST;
        let leaving = resting.iter().take_while(rested).count();
        resting.drain(..leaving);
        resting.push(Resting { connection, opened, since: Instant::now() });
        drop(resting);
        drop(turn);
    }
}

impl<C: Connection + 'static> Held<C> {
    /// Where to read or write.
    pub(super) fn connection(&mut self) -> &mut C {
        &mut self.taken.as_mut().expect("it is not given back yet").connection
    }

    /// How long what is run on it may take.
    pub(super) fn patience(&self) -> Duration {
        let Patience { statements, statements_again, .. } = self.shared.patience;
        if self.taken.as_ref().is_some_and(|taken| taken.is_new) {
            statements
        } else {
            statements_again
        }
    }

    /// Gives it back after one statement.
    pub(super) fn done<T>(mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if result.is_ok()
            && let Some(taken) = self.taken.take()
        {
            self.shared.give_back(taken);
        }
        self.ended(result)
    }

    /// Gives it back after a transaction, of which the end may still have to be sent, unless the
    /// database has failed.
    pub(super) fn ended<T>(mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &result
            && error.is_fault()
        {
            self.taken = None;
        }
        result
    }
}

impl<C: Connection + 'static> Drop for Held<C> {
    /// Waits in the background for an answer, with which whatever was begun has ended.
    fn drop(&mut self) {
        let (Some(mut taken), Ok(runtime)) = (self.taken.take(), Handle::try_current()) else {
            return;
        };
        let shared = Arc::clone(&self.shared);
        runtime.spawn(async move {
            let answered = timeout(shared.patience.statements, taken.connection.ping()).await;
            if matches!(answered, Ok(Ok(()))) {
                shared.give_back(taken);
            }
        });
    }
}

#[cfg(test)]
mod tests;
