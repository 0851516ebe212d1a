use carnet_shared::{Delivery, ErrorCode, User};

use super::changes::end_sessions;
use super::database::{each_database, in_transaction};
use super::events::record_event;
use super::users::user_columns;
use super::{Store, StoreError, UserRow};
use crate::audit::NewEvent;

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Signed out.
    Logout,
    /// Signed out from another device.
    Ended,
    /// The password was changed elsewhere.
    PasswordChanged,
    /// An old copy of its refresh token was used, or too many used it at once.
    Reused,
    /// Another sign-in took its place in the same browser.
    Replaced,
    /// The account has more sessions than it may.
    TooMany,
    /// The account was disabled.
    Disabled,
    /// An operator ended it.
    Operator,
}

impl EndReason {
    const ALL: [Self; 8] = [
        Self::Logout,
        Self::Ended,
        Self::PasswordChanged,
        Self::Reused,
        Self::Replaced,
        Self::TooMany,
        Self::Disabled,
        Self::Operator,
    ];

    /// As it lies in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Ended => "ended",
            Self::PasswordChanged => "password_changed",
            Self::Reused => "reused",
            Self::Replaced => "replaced",
            Self::TooMany => "too_many",
            Self::Disabled => "disabled",
            Self::Operator => "operator",
        }
    }

    /// Reads it back; whatever is not known is an end like any other.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text).unwrap_or(Self::Ended)
    }

    /// What a client is told that goes on using the session.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Reused => ErrorCode::SessionReused,
            Self::PasswordChanged => ErrorCode::PasswordChanged,
            Self::Disabled => ErrorCode::AccountDisabled,
            Self::Logout | Self::Ended | Self::Replaced | Self::TooMany | Self::Operator => {
                ErrorCode::SessionEnded
            }
        }
    }
}

/// A session to begin.
#[derive(Debug)]
pub struct NewSession {
    /// UUIDv7.
    pub id: String,
    /// Whose.
    pub user_id: String,
    /// The epoch that was read with the hash that the password was checked against.
    pub user_epoch: i64,
    /// SHA-256 of the session's secret.
    pub secret_hash: String,
    /// How its refresh token travels.
    pub delivery: Delivery,
    /// Whether it is made at djangorestframework-simplejwt's endpoints.
    pub simplejwt: bool,
    /// Unix seconds.
    pub now: i64,
    /// When it ends unless it is refreshed.
    pub idle_expires_at: i64,
    /// When it ends whatever happens.
    pub expires_at: i64,
    /// As the client calls itself.
    pub user_agent: String,
    /// Where from.
    pub address: String,
    /// Whether it outlives the browser.
    pub remember: bool,
}

/// What came of the beginning of a session.
#[derive(Debug)]
pub struct BegunSession {
    /// Its account, as it was at that moment.
    pub user: User,
    /// The sessions that ended for it.
    pub ended: Vec<String>,
}

/// A session as it is listed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionListing {
    /// UUIDv7.
    pub id: String,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub last_used_at: i64,
    /// Unix seconds.
    pub idle_expires_at: i64,
    /// Unix seconds.
    pub expires_at: i64,
    /// Unix seconds.
    pub ended_at: Option<i64>,
    /// As [`EndReason`] writes it.
    pub ended_because: Option<String>,
    /// As the client calls itself.
    pub user_agent: String,
    /// Where it was last used from.
    pub address: String,
}

/// Takes the row's lock on both databases, and tells whether it is still the same.
const LOCK_ACCOUNT: &str = concat!(
    "UPDATE users SET epoch = epoch WHERE id = $1 AND epoch = $2 AND disabled_at IS NULL \
     RETURNING ",
    user_columns!()
);

const INSERT: &str = "INSERT INTO sessions (id, user_id, user_epoch, secret_hash, delivery, \
     generation, past_attempts, rotated_at, raced_generation, raced_run, created_at, \
     authenticated_at, last_used_at, idle_expires_at, expires_at, user_agent, address, remember, \
     simplejwt) \
     VALUES ($1, $2, $3, $4, $5, 0, '', $6, 0, 0, $6, $6, $6, $7, $8, $9, $10, $11, $12)";

const END: &str = "UPDATE sessions SET ended_at = $1, ended_because = $2 \
     WHERE id = $3 AND ended_at IS NULL RETURNING id";

/// Never the new one, though the clock may have been set back since the others began.
const END_TOO_MANY: &str = "UPDATE sessions SET ended_at = $1, ended_because = $2 WHERE id IN \
     (SELECT s.id FROM sessions s WHERE s.user_id = $3 AND s.id <> $5 AND s.ended_at IS NULL \
      AND s.idle_expires_at > $1 AND s.expires_at > $1 \
      ORDER BY s.created_at DESC, s.id DESC LIMIT 1000 OFFSET $4) RETURNING id";

/// The event says which sessions ended for this one.
fn with_ended(detail: &str, ended: &[String]) -> String {
    if ended.is_empty() {
        return detail.to_owned();
    }
    let separator = if detail.is_empty() { "" } else { ", " };
    format!("{detail}{separator}ended {}", ended.join(" "))
}

impl Store {
    /// Begins a session, ends the one that it replaces and those beyond `max_sessions`, and records
    /// the event with it. `None`, and nothing happens, when the account changed since its password
    /// was checked: a login that races a password change must not survive it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_session(
        &self,
        session: &NewSession,
        replaced: Option<&str>,
        max_sessions: u32,
        event: &NewEvent<'_>,
    ) -> Result<Option<BegunSession>, StoreError> {
        self.has_room()?;
        in_transaction!(self, transaction => {
            let locked: Option<UserRow> = sqlx::query_as(LOCK_ACCOUNT)
                .bind(&session.user_id)
                .bind(session.user_epoch)
                .fetch_optional(&mut *transaction)
                .await?;
            let Some(row) = locked else { return Ok(None) };
            // Before anything is written: a session must not begin, nor end others, for nothing.
            let user = row.user()?;
            sqlx::query(INSERT)
                .bind(&session.id)
                .bind(&session.user_id)
                .bind(session.user_epoch)
                .bind(&session.secret_hash)
                .bind(session.delivery.as_str())
                .bind(session.now)
                .bind(session.idle_expires_at)
                .bind(session.expires_at)
                .bind(&session.user_agent)
                .bind(&session.address)
                .bind(session.remember)
                .bind(session.simplejwt)
                .execute(&mut *transaction)
                .await?;
            let mut ended = match replaced {
                Some(id) => end_sessions!(transaction, END, session.now, EndReason::Replaced, id),
                None => Vec::new(),
            };
            ended.extend(end_sessions!(transaction, END_TOO_MANY, session.now, EndReason::TooMany,
                &session.user_id, i64::from(max_sessions) - 1, &session.id));
            record_event!(&mut *transaction, event, with_ended(event.event.detail(), &ended))?;
            Some(BegunSession { user, ended })
        })
    }

    /// Ends a session. Returns whose it was, or `None` when it had ended already or there is no
    /// such session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(
        &self,
        id: &str,
        reason: EndReason,
        now: i64,
    ) -> Result<Option<String>, StoreError> {
        self.even_when_full(|| self.try_to_end_session(id, reason, now)).await
    }

    async fn try_to_end_session(
        &self,
        id: &str,
        reason: EndReason,
        now: i64,
    ) -> Result<Option<String>, StoreError> {
        const OWNER: &str = "SELECT user_id FROM sessions WHERE id = $1";
        in_transaction!(self, transaction => {
            if end_sessions!(transaction, END, now, reason, id).is_empty() {
                return Ok(None);
            }
            let owner: (String,) =
                sqlx::query_as(OWNER).bind(id).fetch_one(&mut *transaction).await?;
            Some(owner.0)
        })
    }

    /// Ends the sessions of an account, all or all but one, and returns their ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sessions_of(
        &self,
        user_id: &str,
        except: Option<&str>,
        reason: EndReason,
        now: i64,
    ) -> Result<Vec<String>, StoreError> {
        self.even_when_full(|| self.try_to_end_sessions_of(user_id, except, reason, now)).await
    }

    async fn try_to_end_sessions_of(
        &self,
        user_id: &str,
        except: Option<&str>,
        reason: EndReason,
        now: i64,
    ) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "UPDATE sessions SET ended_at = $1, ended_because = $2 \
             WHERE user_id = $3 AND id <> $4 AND ended_at IS NULL RETURNING id";
        in_transaction!(self, transaction => {
            end_sessions!(transaction, SQL, now, reason, user_id, except.unwrap_or_default())
        })
    }

    /// The sessions of an account that live or ended after a moment, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_of(
        &self,
        user_id: &str,
        ended_since: i64,
        now: i64,
    ) -> Result<Vec<SessionListing>, StoreError> {
        const SQL: &str = "SELECT id, created_at, last_used_at, idle_expires_at, expires_at, \
             ended_at, ended_because, user_agent, address FROM sessions WHERE user_id = $1 \
             AND (ended_at >= $2 OR (ended_at IS NULL AND idle_expires_at > $3 AND expires_at > $3)) \
             ORDER BY last_used_at DESC, id DESC LIMIT 200";
        let rows = each_database!(&self.read, pool => sqlx::query_as(SQL)
            .bind(user_id)
            .bind(ended_since)
            .bind(now)
            .fetch_all(pool)
            .await)?;
        Ok(rows)
    }
}
