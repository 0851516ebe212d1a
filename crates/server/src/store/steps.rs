use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::{
    ColumnIndex, Decode, FromRow, PgConnection, QueryBuilder, Row, Sqlite, SqliteConnection, Type,
};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

use super::connections::Connections;
use super::database::{WriteDatabase, on_one_connection};
use super::refresh::{
    ADVANCE_ONE_ON_POSTGRES, ADVANCE_SEVERAL_ON_POSTGRES, ADVANCE_SEVERAL_ON_SQLITE,
};
use super::writer::Writer;
use super::{Advanced, Advancement, Store, StoreError};

/// Steps that are taken by one statement at most.
const MOST: usize = 64;

/// Statements that PostgreSQL runs for steps at the same time: the more there are, the fewer steps
/// come together in one.
const AT_A_TIME: usize = 4;

/// How long a caller waits for its step, and PostgreSQL may take for a statement: one that will never
/// be answered would keep its turn, and with all turns gone nobody would be answered.
const PATIENCE: Duration = Duration::from_secs(5);

/// Steps of sessions that wait for their turn. What costs most about one is the way to the database
/// and back, so all that have come by then go it together.
#[derive(Debug)]
pub(super) struct WaitingSteps {
    waiting: Mutex<Vec<Waiting>>,
    /// For PostgreSQL; SQLite has one turn at a time by itself.
    turns: Semaphore,
}

#[derive(Debug)]
struct Waiting {
    step: Advancement,
    /// Nothing when it was not taken.
    answer: oneshot::Sender<Option<Result<Advanced, sqlx::Error>>>,
}

/// A session that took its step, whether or not it can be read now.
#[derive(Debug)]
struct Taken {
    session_id: String,
    advanced: Result<Advanced, sqlx::Error>,
}

impl<'r, R: Row> FromRow<'r, R> for Taken
where
    Advanced: FromRow<'r, R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    &'static str: ColumnIndex<R>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self { session_id: row.try_get("session_id")?, advanced: Advanced::from_row(row) })
    }
}

impl Default for WaitingSteps {
    fn default() -> Self {
        Self { waiting: Mutex::default(), turns: Semaphore::new(AT_A_TIME) }
    }
}

impl Store {
    /// Takes a step together with those that come at the same time; `None` when the row does not
    /// allow it.
    ///
    /// # Errors
    /// When the database fails, for all of them, or takes longer than five seconds, or the row cannot
    /// be read.
    pub async fn advance(&self, step: &Advancement) -> Result<Option<Advanced>, StoreError> {
        let (answer, answered) = oneshot::channel();
        if self.steps.add(Waiting { step: step.clone(), answer }) {
            self.take_steps_soon();
        }
        let advanced = timeout(PATIENCE, answered).await.map_err(|_| StoreError::TimedOut)?;
        let advanced = advanced.map_err(|_| StoreError::NotCommitted)?;
        match (&self.write, advanced) {
            (WriteDatabase::Postgres(connections), None) => alone(connections, step).await,
            (_, advanced) => Ok(advanced.transpose()?),
        }
    }

    /// Takes a turn for all that wait by then, in the background, since whoever waits may be dropped
    /// at any moment.
    fn take_steps_soon(&self) {
        let store = self.clone();
        tokio::spawn(async move {
            let (waiting, taken) = match &store.write {
                WriteDatabase::Sqlite(writer) => store.on_sqlite(writer).await,
                WriteDatabase::Postgres(connections) => store.on_postgres(connections).await,
            };
            match taken {
                Ok(taken) => answer(waiting, taken),
                // Who waits learns it from the silence.
                Err(error) => tracing::error!(%error, steps = waiting.len(), "none was taken"),
            }
        });
    }

    async fn on_sqlite(&self, writer: &Writer) -> (Vec<Waiting>, Result<Vec<Taken>, StoreError>) {
        let turn = writer.turn_for_one_statement().await;
        let waiting = self.next_steps();
        let taken = match turn {
            Ok(mut turn) => {
                let taken = several_on_sqlite(turn.connection(), &waiting).await;
                turn.end(taken).await
            }
            Err(error) => Err(error),
        };
        (waiting, taken)
    }

    async fn on_postgres(
        &self,
        connections: &Connections<PgConnection>,
    ) -> (Vec<Waiting>, Result<Vec<Taken>, StoreError>) {
        let _turn = self.steps.turns.acquire().await;
        let held = connections.take().await;
        let waiting = self.next_steps();
        let taken = match held {
            Ok(mut held) => {
                let taken = several_on_postgres(held.connection(), &waiting);
                let taken = timeout(PATIENCE, taken).await;
                held.done(taken.unwrap_or(Err(StoreError::TimedOut)))
            }
            Err(error) => Err(error),
        };
        (waiting, taken)
    }

    /// Those whose turn it is. Another turn is for those who are left.
    fn next_steps(&self) -> Vec<Waiting> {
        let (next, are_more) = self.steps.next();
        if are_more {
            self.take_steps_soon();
        }
        next
    }
}

impl WaitingSteps {
    /// Says whether it is the first, so that somebody must take a turn.
    fn add(&self, step: Waiting) -> bool {
        let mut waiting = self.waiting();
        waiting.push(step);
        waiting.len() == 1
    }

    /// Those whose turn it is, and whether there are more. A session has one step at a time: of two
    /// that race for it the second must meet what the first has left. A step whose caller no longer
    /// waits is not taken, since its session would be one step ahead of everybody.
    fn next(&self) -> (Vec<Waiting>, bool) {
        let mut waiting = self.waiting();
        let mut sessions = HashSet::new();
        let all = mem::take(&mut *waiting).into_iter().filter(|step| !step.answer.is_closed());
        let (next, later) = all.partition(|waiting| {
            sessions.len() < MOST && sessions.insert(waiting.step.session_id.clone())
        });
        *waiting = later;
        (next, !waiting.is_empty())
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn several_on_sqlite(
    connection: &mut SqliteConnection,
    waiting: &[Waiting],
) -> Result<Vec<Taken>, StoreError> {
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = QueryBuilder::<Sqlite>::new(ADVANCE_SEVERAL_ON_SQLITE[0]);
    sql.push_values(waiting, |mut values, Waiting { step, .. }| {
        values
            .push_bind(&step.session_id)
            .push_bind(step.expected_generation)
            .push_bind(&step.secret_hash)
            .push_bind(step.now)
            .push_bind(&step.attempt)
            .push_bind(step.new_generation)
            .push_bind(step.idle_remembered)
            .push_bind(step.idle_unremembered)
            .push_bind(&step.user_agent)
            .push_bind(&step.address);
    });
    sql.push(ADVANCE_SEVERAL_ON_SQLITE[1]);
    Ok(sql.build_query_as().fetch_all(connection).await?)
}

async fn several_on_postgres(
    connection: &mut PgConnection,
    waiting: &[Waiting],
) -> Result<Vec<Taken>, StoreError> {
    fn each<'a, T>(waiting: &'a [Waiting], of: impl Fn(&'a Advancement) -> T) -> Vec<T> {
        waiting.iter().map(|waiting| of(&waiting.step)).collect()
    }
    let taken = sqlx::query_as(ADVANCE_SEVERAL_ON_POSTGRES)
        .bind(each(waiting, |step| step.session_id.as_str()))
        .bind(each(waiting, |step| step.expected_generation))
        .bind(each(waiting, |step| step.secret_hash.as_str()))
        .bind(each(waiting, |step| step.now))
        .bind(each(waiting, |step| step.attempt.as_deref()))
        .bind(each(waiting, |step| step.new_generation))
        .bind(each(waiting, |step| step.idle_remembered))
        .bind(each(waiting, |step| step.idle_unremembered))
        .bind(each(waiting, |step| step.user_agent.as_str()))
        .bind(each(waiting, |step| step.address.as_str()))
        .fetch_all(connection)
        .await?;
    Ok(taken)
}

/// Takes a step that was not taken with others, be it that somebody else was changing its session
/// just then, for whom it waits.
async fn alone(
    connections: &Connections<PgConnection>,
    step: &Advancement,
) -> Result<Option<Advanced>, StoreError> {
    on_one_connection!(connections, connection => sqlx::query_as(ADVANCE_ONE_ON_POSTGRES)
        .bind(&step.session_id)
        .bind(step.expected_generation)
        .bind(&step.secret_hash)
        .bind(step.now)
        .bind(&step.attempt)
        .bind(step.new_generation)
        .bind(step.idle_remembered)
        .bind(step.idle_unremembered)
        .bind(&step.user_agent)
        .bind(&step.address)
        .fetch_optional(connection)
        .await)
}

/// Gives each its own; those without one were not taken.
fn answer(waiting: Vec<Waiting>, mut taken: Vec<Taken>) {
    for Waiting { step, answer } in waiting {
        let is_its_own = |taken: &Taken| taken.session_id == step.session_id;
        let its_own = taken.iter().position(is_its_own).map(|index| taken.swap_remove(index));
        // Whoever has gone away needs none.
        let _ = answer.send(its_own.map(|taken| taken.advanced));
    }
}
