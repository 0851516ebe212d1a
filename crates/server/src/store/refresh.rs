mod statements;

pub(super) use statements::{
    ADVANCE_ONE_ON_POSTGRES, ADVANCE_SEVERAL_ON_POSTGRES, ADVANCE_SEVERAL_ON_SQLITE,
};

use self::statements::{ANSWER_AGAIN, LOOK_AGAIN, SESSION_NOW, USE_STATIC};
use super::database::{each_database, in_one_statement};
use super::users::UserRow;
use super::{Store, StoreError};

/// What a request to refresh meets in the database.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRow {
    /// Whose.
    pub user_id: String,
    /// SHA-256 of the session's secret.
    pub secret_hash: String,
    /// `body`, `cookie` or `static`.
    pub delivery: String,
    /// How often it was rotated.
    pub generation: i64,
    /// The attempt (as SHA-256) that made or last repeated this generation.
    pub attempt: Option<String>,
    /// The last attempts that were answered, newest first.
    pub past_attempts: String,
    /// When this generation was made.
    pub rotated_at: i64,
    /// When a token was last given for it.
    pub last_used_at: i64,
    /// The last generation that two attempts raced for.
    pub raced_generation: i64,
    /// How many generations running that happened.
    pub raced_run: i64,
    /// When it ends unless it is refreshed.
    pub idle_expires_at: i64,
    /// When it ends whatever happens.
    pub expires_at: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// Why it ended.
    pub ended_because: Option<String>,
    /// The account's epoch when the session began.
    pub user_epoch: i64,
    /// The account's epoch now.
    pub epoch_now: i64,
    /// When the account was disabled.
    pub user_disabled_at: Option<i64>,
}

/// One step of a session: from the generation that is expected to the one that is to be.
#[derive(Debug, Clone)]
pub struct Advancement {
    /// The session.
    pub session_id: String,
    /// SHA-256 of the presented secret.
    pub secret_hash: String,
    /// What the row must still say.
    pub expected_generation: i64,
    /// What it says afterwards.
    pub new_generation: i64,
    /// SHA-256 of the attempt.
    pub attempt: Option<String>,
    /// Unix seconds.
    pub now: i64,
    /// When a remembered session ends unless it is refreshed again.
    pub idle_remembered: i64,
    /// The same for any other session.
    pub idle_unremembered: i64,
    /// As the client calls itself.
    pub user_agent: String,
    /// Where from.
    pub address: String,
}

/// A session and its account as they are after a refresh was granted.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Advanced {
    /// UUIDv7.
    pub session_id: String,
    /// The generation whose token is answered.
    pub generation: i64,
    /// `body`, `cookie` or `static`.
    pub delivery: String,
    /// Whether it was made at djangorestframework-simplejwt's endpoints.
    pub simplejwt: bool,
    /// Whether it outlives the browser.
    pub remember: bool,
    /// When the session began.
    pub created_at: i64,
    /// When its owner last gave the password.
    pub authenticated_at: i64,
    /// When it ends unless it is refreshed.
    pub idle_expires_at: i64,
    /// When it ends whatever happens.
    pub expires_at: i64,
    /// Whose it is.
    #[sqlx(flatten)]
    pub user: UserRow,
}

impl Store {
    /// Answers with the current generation again: `step.new_generation` is that generation and
    /// `repeats` says whether the attempt now counts as the one that made it. `None` when the row
    /// is no longer what was decided on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer_again(
        &self,
        step: &Advancement,
        repeats: bool,
        raced: Option<(i64, i64)>,
    ) -> Result<Option<Advanced>, StoreError> {
        in_one_statement!(self, connection => sqlx::query_as(self.write.its_own(&ANSWER_AGAIN))
            .bind(&step.session_id)
            .bind(step.new_generation)
            .bind(&step.secret_hash)
            .bind(step.now)
            .bind(&step.attempt)
            .bind(repeats)
            .bind(raced.map(|raced| raced.0))
            .bind(raced.map(|raced| raced.1))
            .fetch_optional(connection)
            .await)
    }

    /// Uses a session whose token never changes; `None` when it is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_static(&self, step: &Advancement) -> Result<Option<Advanced>, StoreError> {
        in_one_statement!(self, connection => sqlx::query_as(self.write.its_own(&USE_STATIC))
            .bind(&step.session_id)
            .bind(step.expected_generation)
            .bind(&step.secret_hash)
            .bind(step.now)
            .bind(step.idle_remembered)
            .bind(step.idle_unremembered)
            .bind(&step.user_agent)
            .bind(&step.address)
            .fetch_optional(connection)
            .await)
    }

    /// The same where nothing of the row would change by it: a look, so that many who race for one
    /// refresh do not queue for the one who writes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look_again(&self, step: &Advancement) -> Result<Option<Advanced>, StoreError> {
        let row = each_database!(&self.read, pool => sqlx::query_as(LOOK_AGAIN)
            .bind(&step.session_id)
            .bind(step.now)
            .bind(step.new_generation)
            .bind(&step.secret_hash)
            .fetch_optional(pool)
            .await)?;
        Ok(row)
    }

    /// What a refresh is decided on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_row(&self, session_id: &str) -> Result<Option<SessionRow>, StoreError> {
        const SQL: &str = "SELECT s.user_id, s.secret_hash, s.delivery, s.generation, s.attempt, \
             s.past_attempts, s.rotated_at, s.last_used_at, s.raced_generation, s.raced_run, s.idle_expires_at, \
             s.expires_at, s.ended_at, s.ended_because, s.user_epoch, u.epoch AS epoch_now, \
             u.disabled_at AS user_disabled_at \
             FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1";
        let row = each_database!(&self.read, pool =>
            sqlx::query_as(SQL).bind(session_id).fetch_optional(pool).await)?;
        Ok(row)
    }

    /// The session and its account without changing anything, for tokens and pages.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_now(
        &self,
        session_id: &str,
        now: i64,
    ) -> Result<Option<Advanced>, StoreError> {
        let row = each_database!(&self.read, pool => sqlx::query_as(SESSION_NOW)
            .bind(session_id)
            .bind(now)
            .fetch_optional(pool)
            .await)?;
        Ok(row)
    }
}
