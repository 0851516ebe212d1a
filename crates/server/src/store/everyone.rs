use super::changes::record_change;
use super::database::{each_database, in_transaction};
use super::{EndReason, Store, StoreError};

/// Accounts whose sessions end in one transaction, so that nobody else waits long for theirs.
const ACCOUNTS: i64 = 200;

impl Store {
    /// Ends every session there is and returns how many. Logins that are in flight fail, as after a
    /// change of the password. Access tokens are refused everywhere from then on, those of sessions
    /// included that this database does not know, as after an older copy of it was restored.
    ///
    /// # Errors
    /// When the database fails. Some of the sessions may have ended by then: call it again.
    pub async fn end_every_session(&self, now: i64) -> Result<u64, StoreError> {
        let (mut ended, mut after) = (0, String::new());
        while let Some(last) = self.last_account_of_batch(&after).await? {
            ended += self.end_sessions_between(&after, &last, now).await?;
            after = last;
        }
        in_transaction!(self, transaction => {
            record_change!(transaction, "everyone", "");
        })?;
        Ok(ended)
    }

    async fn last_account_of_batch(&self, after: &str) -> Result<Option<String>, StoreError> {
        const SQL: &str = "SELECT MAX(id) FROM \
             (SELECT id FROM users WHERE id > $1 ORDER BY id LIMIT $2) AS batch";
        each_database!(&self.read, connection =>
            sqlx::query_scalar(SQL).bind(after).bind(ACCOUNTS).fetch_one(connection).await)
    }

    async fn end_sessions_between(
        &self,
        after: &str,
        last: &str,
        now: i64,
    ) -> Result<u64, StoreError> {
        // The accounts first, so that no login adds a session in between.
        const RAISE: &str = "UPDATE users SET epoch = epoch + 1 WHERE id > $1 AND id <= $2";
        const END: &str = "UPDATE sessions SET ended_at = $3, ended_because = $4 \
             WHERE user_id > $1 AND user_id <= $2 AND ended_at IS NULL";
        in_transaction!(self, transaction => {
            sqlx::query(RAISE).bind(after).bind(last).execute(&mut *transaction).await?;
            sqlx::query(END)
                .bind(after)
                .bind(last)
                .bind(now)
                .bind(EndReason::Operator.as_str())
                .execute(&mut *transaction)
                .await?
                .rows_affected()
        })
    }

    /// Whether there is a session of this id that has not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_lives(&self, id: &str) -> Result<bool, StoreError> {
        const SQL: &str =
            "SELECT EXISTS (SELECT 1 FROM sessions WHERE id = $1 AND ended_at IS NULL) AS lives";
        each_database!(&self.read, connection =>
            sqlx::query_scalar(SQL).bind(id).fetch_one(connection).await)
    }
}
