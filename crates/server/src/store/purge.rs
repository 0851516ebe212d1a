//! Removes what is kept no longer, in steps so small that nobody else waits long for their write.

use std::time::Duration;

use super::database::{each_database, in_one_statement};
use super::{Store, StoreError};
use crate::random::id_of;

/// Rows of one step.
const STEP: i64 = 200;

/// Between two steps that write, so that others get their turn.
const PAUSE: Duration = Duration::from_millis(20);

/// Some of the sessions, in the order of their ids.
#[derive(Debug, sqlx::FromRow)]
struct SessionStep {
    /// The last of them; absent when there are none.
    last: Option<String>,
    /// How many of them are over.
    over: i64,
}

impl Store {
    /// Forgets the events before a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_events(&self, before: i64) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM events WHERE id IN \
             (SELECT id FROM events WHERE id < $1 ORDER BY id LIMIT $2)";
        let end = first_id_of(before);
        loop {
            let forgotten = in_one_statement!(self, connection => sqlx::query(SQL)
                .bind(&end)
                .bind(STEP)
                .execute(connection)
                .await
                .map(|done| done.rows_affected()))?;
            if forgotten == 0 {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Forgets the sessions that ended or expired before a moment.
    ///
    /// They are looked at in the order in which they began. An index by the moment when a session
    /// expires would find them sooner, and every refresh would have to change it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_sessions(&self, before: i64) -> Result<(), StoreError> {
        // No session ended before it began.
        let (mut after, end) = (String::new(), first_id_of(before));
        loop {
            let SessionStep { last, over } = self.session_step(&after, &end, before).await?;
            let Some(last) = last else { return Ok(()) };
            if over > 0 {
                self.forget_sessions_of_step(&after, &last, before).await?;
                tokio::time::sleep(PAUSE).await;
            }
            after = last;
        }
    }

    async fn session_step(
        &self,
        after: &str,
        end: &str,
        before: i64,
    ) -> Result<SessionStep, StoreError> {
        const SQL: &str = "SELECT MAX(id) AS last, COUNT(CASE WHEN ended_at < $3 \
             OR idle_expires_at < $3 OR expires_at < $3 THEN 1 END) AS over \
             FROM (SELECT id, ended_at, idle_expires_at, expires_at FROM sessions \
             WHERE id > $1 AND id < $2 ORDER BY id LIMIT $4) AS step";
        let step = each_database!(&self.read, pool => sqlx::query_as(SQL)
            .bind(after)
            .bind(end)
            .bind(before)
            .bind(STEP)
            .fetch_one(pool)
            .await)?;
        Ok(step)
    }

    async fn forget_sessions_of_step(
        &self,
        after: &str,
        last: &str,
        before: i64,
    ) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM sessions WHERE id > $1 AND id <= $2 \
             AND (ended_at < $3 OR idle_expires_at < $3 OR expires_at < $3)";
        in_one_statement!(self, connection => sqlx::query(SQL)
            .bind(after)
            .bind(last)
            .bind(before)
            .execute(connection)
            .await
            .map(|_| ()))
    }

    /// Takes from the events of an account what could tell where the person was and with what
    /// device. What happened, and when, stays.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn erase_events_of(&self, user_id: &str) -> Result<(), StoreError> {
        const LAST: &str = "SELECT MAX(id) FROM (SELECT id FROM events \
             WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3) AS step";
        const ERASE: &str = "UPDATE events SET address = NULL, device = '', detail = '' \
             WHERE user_id = $1 AND id > $2 AND id <= $3 \
             AND (address IS NOT NULL OR device <> '' OR detail <> '')";
        let mut after = String::new();
        loop {
            let (last,): (Option<String>,) = each_database!(&self.read, pool =>
                sqlx::query_as(LAST).bind(user_id).bind(&after).bind(STEP).fetch_one(pool).await)?;
            let Some(last) = last else { return Ok(()) };
            in_one_statement!(self, connection => sqlx::query(ERASE)
                .bind(user_id)
                .bind(&after)
                .bind(&last)
                .execute(connection)
                .await
                .map(|_| ()))?;
            after = last;
        }
    }

    /// Claims a job for this process, unless one of the processes that share the database began it
    /// less than so many seconds ago.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn begin_job(
        &self,
        name: &str,
        now: i64,
        every_seconds: i64,
    ) -> Result<bool, StoreError> {
        // A moment in the future is that of a clock that was wrong.
        const SQL: &str = "INSERT INTO jobs (name, begun_at) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET begun_at = excluded.begun_at \
             WHERE jobs.begun_at <= $3 OR jobs.begun_at > $2 RETURNING name";
        let begun: Option<(String,)> = in_one_statement!(self, connection => sqlx::query_as(SQL)
            .bind(name)
            .bind(now)
            .bind(now - every_seconds)
            .fetch_optional(connection)
            .await)?;
        Ok(begun.is_some())
    }
}

/// No UUIDv7 of this moment or later comes before it.
fn first_id_of(seconds: i64) -> String {
    id_of(seconds.saturating_mul(1000), [0; 10]).to_string()
}
