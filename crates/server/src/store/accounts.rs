use carnet_shared::Secret;

use super::changes::{end_sessions, record_change};
use super::database::{in_one_statement, in_transaction};
use super::users::Credentials;
use super::{EndReason, Store, StoreError};

/// A password change.
#[derive(Debug)]
pub struct PasswordChange<'a> {
    /// The password until now, as it was checked.
    pub old: &'a Credentials,
    /// PHC string of the new one.
    pub hash: &'a Secret,
    /// The session that goes on; all others end.
    pub session: Option<&'a str>,
    /// Unix seconds.
    pub now: i64,
}

/// What a password change did.
#[derive(Debug, PartialEq, Eq)]
pub enum PasswordChanged {
    /// It was changed, and these sessions ended.
    Changed(Vec<String>),
    /// The account changed since the old password was checked.
    Raced,
}

const END_OTHERS: &str = "UPDATE sessions SET ended_at = $1, ended_because = $2 \
     WHERE user_id = $3 AND id <> $4 AND ended_at IS NULL RETURNING id";

impl Store {
    /// Changes a password: raises the epoch first, which stops every refresh and login in flight,
    /// moves the own session along and ends the others.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_password(
        &self,
        change: &PasswordChange<'_>,
    ) -> Result<PasswordChanged, StoreError> {
        self.even_when_full(|| self.try_to_change_password(change)).await
    }

    async fn try_to_change_password(
        &self,
        change: &PasswordChange<'_>,
    ) -> Result<PasswordChanged, StoreError> {
        const RAISE: &str = "UPDATE users SET epoch = epoch + 1, password_hash = $3, \
             password_changed_at = $4 WHERE id = $1 AND epoch = $2 AND disabled_at IS NULL";
        const KEEP: &str = "UPDATE sessions SET user_epoch = $3 \
             WHERE id = $1 AND user_id = $2 AND ended_at IS NULL";
        let Credentials { user_id, epoch, .. } = change.old;
        in_transaction!(self, transaction => {
            let raised = sqlx::query(RAISE)
                .bind(user_id)
                .bind(epoch)
                .bind(change.hash.expose())
                .bind(change.now)
                .execute(&mut *transaction)
                .await?;
            if raised.rows_affected() == 0 {
                return Ok(PasswordChanged::Raced);
            }
            sqlx::query(KEEP)
                .bind(change.session)
                .bind(user_id)
                .bind(epoch + 1)
                .execute(&mut *transaction)
                .await?;
            PasswordChanged::Changed(end_sessions!(transaction, END_OTHERS, change.now,
                EndReason::PasswordChanged, user_id, change.session.unwrap_or_default()))
        })
    }

    /// Keeps an account from being used and ends its sessions, whose ids it returns.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn disable_user(&self, user_id: &str, now: i64) -> Result<Vec<String>, StoreError> {
        self.even_when_full(|| self.try_to_disable_user(user_id, now)).await
    }

    async fn try_to_disable_user(
        &self,
        user_id: &str,
        now: i64,
    ) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "UPDATE users SET epoch = epoch + 1, disabled_at = $2 \
             WHERE id = $1 AND disabled_at IS NULL";
        in_transaction!(self, transaction => {
            sqlx::query(SQL).bind(user_id).bind(now).execute(&mut *transaction).await?;
            record_change!(transaction, "account", user_id);
            end_sessions!(transaction, END_OTHERS, now, EndReason::Disabled, user_id, "")
        })
    }

    /// Lets an account be used again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enable_user(&self, user_id: &str) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE users SET disabled_at = NULL WHERE id = $1";
        in_one_statement!(self, connection =>
            sqlx::query(SQL).bind(user_id).execute(connection).await.map(|_| ()))
    }

    /// Deletes an account with its sessions, whose ids it returns, and with the addresses and devices
    /// that the audit trail kept of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_user(&self, user_id: &str, now: i64) -> Result<Vec<String>, StoreError> {
        // The lock first, so that no login adds a session in between.
        const RAISE: &str = "UPDATE users SET epoch = epoch + 1 WHERE id = $1";
        const DELETE: &str = "DELETE FROM users WHERE id = $1";
        // Before, in small steps, and after, what came in between.
        self.erase_events_of(user_id).await?;
        let ended = in_transaction!(self, transaction => {
            sqlx::query(RAISE).bind(user_id).execute(&mut *transaction).await?;
            let ended = end_sessions!(transaction, END_OTHERS, now, EndReason::Operator, user_id, "");
            record_change!(transaction, "account", user_id);
            sqlx::query(DELETE).bind(user_id).execute(&mut *transaction).await?;
            ended
        })?;
        self.erase_events_of(user_id).await?;
        Ok(ended)
    }
}
