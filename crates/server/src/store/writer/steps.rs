use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, Sqlite, SqliteConnection};
use tokio::sync::oneshot;

use super::Writer;
use crate::store::refresh::ADVANCE_SEVERAL;
use crate::store::{Advanced, Advancement, StoreError};

/// Steps that are taken by one statement at most.
const MOST: usize = 64;

/// Steps of sessions that wait for their turn. What costs most about one is not the statement but
/// the way to the thread that runs it and back, so all that have come by then go it together.
#[derive(Debug, Default)]
pub(super) struct WaitingSteps(Mutex<Vec<Waiting>>);

#[derive(Debug)]
struct Waiting {
    step: Advancement,
    answer: oneshot::Sender<Option<SqliteRow>>,
}

impl Writer {
    /// Takes a step together with those that come at the same time; `None` when the row does not
    /// allow it.
    ///
    /// # Errors
    /// When the database fails, for all of them, or the row cannot be read.
    pub(in crate::store) async fn advance(
        &self,
        step: Advancement,
    ) -> Result<Option<Advanced>, StoreError> {
        let (answer, answered) = oneshot::channel();
        if self.steps.add(Waiting { step, answer }) {
            self.advance_all_soon();
        }
        let row = answered.await.map_err(|_| StoreError::NotCommitted)?;
        Ok(row.as_ref().map(Advanced::from_row).transpose()?)
    }

    /// Takes a turn for all that wait by then, in the background, since whoever waits may be dropped
    /// at any moment.
    fn advance_all_soon(&self) {
        let writer = self.clone();
        tokio::spawn(async move {
            let turn = writer.turn().await;
            let (next, are_more) = writer.steps.next();
            if are_more {
                writer.advance_all_soon();
            }
            let advanced = match turn {
                Ok(mut turn) => {
                    let advanced = advance(turn.connection(), &next).await;
                    turn.end(advanced).await
                }
                Err(error) => Err(error),
            };
            match advanced {
                Ok(rows) => answer(next, rows),
                // Who waits learns it from the silence.
                Err(error) => tracing::error!(%error, steps = next.len(), "none was taken"),
            }
        });
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
    /// that race for it the second must meet what the first has left.
    fn next(&self) -> (Vec<Waiting>, bool) {
        let mut waiting = self.waiting();
        let mut sessions = HashSet::new();
        let (next, later) = mem::take(&mut *waiting).into_iter().partition(|waiting| {
            sessions.len() < MOST && sessions.insert(waiting.step.session_id.clone())
        });
        *waiting = later;
        (next, !waiting.is_empty())
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn advance(
    connection: &mut SqliteConnection,
    waiting: &[Waiting],
) -> Result<Vec<SqliteRow>, StoreError> {
    let [before, after] = ADVANCE_SEVERAL;
    let mut sql = QueryBuilder::<Sqlite>::new(before);
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
    Ok(sql.push(after).build().fetch_all(connection).await?)
}

/// Gives each its row; those without one were not allowed to advance.
fn answer(waiting: Vec<Waiting>, mut rows: Vec<SqliteRow>) {
    for Waiting { step, answer } in waiting {
        let is_its_own =
            |row: &SqliteRow| row.try_get("session_id").is_ok_and(|id: &str| id == step.session_id);
        let row = rows.iter().position(is_its_own).map(|index| rows.swap_remove(index));
        // Whoever has gone away needs none.
        let _ = answer.send(row);
    }
}
