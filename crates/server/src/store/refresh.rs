use super::database::{
    EachDialect, WriteDatabase, each_database, in_one_statement, on_one_connection,
};
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

/// Changes a session and returns it with its account, if it lives and its account is as it was when
/// it began: `$1` session, `$2` generation, `$3` secret, `$4` now. What is given is what changes and,
/// after a semicolon, what is demanded besides.
macro_rules! grant {
    ($($change:expr),+; $($demand:expr)?) => {
        EachDialect {
            sqlite: concat!(
                "UPDATE sessions SET ", $($change,)+ where_it_lives!("$1", "$2", "$3", "$4"),
                $($demand,)? and_its_account_is_the_same!(), returning_looked_up!()
            ),
            postgres: concat!(
                "UPDATE sessions SET ", $($change,)+ " FROM users u",
                where_it_lives!("$1", "$2", "$3", "$4"),
                $($demand,)? " AND ", its_account_is_the_same!(), returning_joined!()
            ),
        }
    };
}

/// The arguments are where these stand: the session, its generation, its secret, now.
macro_rules! where_it_lives {
    ($session:literal, $generation:literal, $secret:literal, $now:literal) => {
        concat!(
            " WHERE sessions.id = ",
            $session,
            " AND generation = ",
            $generation,
            " AND secret_hash = ",
            $secret,
            " AND ended_at IS NULL AND idle_expires_at > ",
            $now,
            " AND expires_at > ",
            $now
        )
    };
}

macro_rules! its_account_is_the_same {
    () => {
        "u.id = user_id AND u.epoch = user_epoch AND u.disabled_at IS NULL"
    };
}

macro_rules! and_its_account_is_the_same {
    () => {
        concat!(" AND EXISTS (SELECT 1 FROM users u WHERE ", its_account_is_the_same!(), ")")
    };
}

macro_rules! returning_session {
    () => {
        " RETURNING sessions.id AS session_id, generation, delivery, simplejwt, remember, \
         sessions.created_at, authenticated_at, idle_expires_at, expires_at, user_id, "
    };
}

macro_rules! returning_joined {
    () => {
        concat!(
            returning_session!(),
            "u.email, u.username, u.name, u.roles, u.attributes, \
             u.created_at AS user_created_at, u.disabled_at"
        )
    };
}

/// SQLite cannot return joined columns and looks the account up for each of them, in a cache of its
/// own. PostgreSQL would take as long for that as for all the rest, and joins it.
macro_rules! returning_looked_up {
    () => {
        concat!(
            returning_session!(),
            "(SELECT u.email FROM users u WHERE u.id = user_id) AS email, \
             (SELECT u.username FROM users u WHERE u.id = user_id) AS username, \
             (SELECT u.name FROM users u WHERE u.id = user_id) AS name, \
             (SELECT u.roles FROM users u WHERE u.id = user_id) AS roles, \
             (SELECT u.attributes FROM users u WHERE u.id = user_id) AS attributes, \
             (SELECT u.created_at FROM users u WHERE u.id = user_id) AS user_created_at, \
             (SELECT u.disabled_at FROM users u WHERE u.id = user_id) AS disabled_at"
        )
    };
}

/// What changes when a session advances. The arguments are where these stand: the attempt, the new
/// generation, now, when a remembered session and when any other rests, the client, its address.
macro_rules! advances {
    (
        $attempt:literal, $generation:literal, $now:literal, $remembered:literal,
        $unremembered:literal, $user_agent:literal, $address:literal
    ) => {
        concat!(
            "generation = ",
            $generation,
            ", attempt = ",
            $attempt,
            ", ",
            remember_attempt!($attempt),
            ", rotated_at = ",
            $now,
            ", last_used_at = ",
            $now,
            ", user_agent = ",
            $user_agent,
            ", address = ",
            $address,
            ", ",
            rest_anew!($remembered, $unremembered)
        )
    };
}

/// Whether it may advance by this attempt.
macro_rules! and_it_is_new {
    ($attempt:literal) => {
        concat!(
            " AND delivery <> 'static' AND (",
            $attempt,
            " IS NULL OR past_attempts NOT LIKE '%' || ",
            $attempt,
            " || '%')"
        )
    };
}

/// A session that is used rests anew, never beyond its end; the arguments are the placeholders of
/// that moment for a remembered session and for any other.
macro_rules! rest_anew {
    ($remembered:literal, $unremembered:literal) => {
        concat!(
            "idle_expires_at = CASE WHEN (CASE WHEN remember THEN ",
            $remembered,
            " ELSE ",
            $unremembered,
            " END) > expires_at THEN expires_at WHEN remember THEN ",
            $remembered,
            " ELSE ",
            $unremembered,
            " END"
        )
    };
}

/// Puts the attempt in front of those that were answered and keeps four.
macro_rules! remember_attempt {
    ($attempt:literal) => {
        concat!(
            "past_attempts = CASE WHEN ",
            $attempt,
            " IS NULL OR past_attempts LIKE '%' || ",
            $attempt,
            " || '%' THEN past_attempts ELSE substr(",
            $attempt,
            " || ' ' || past_attempts, 1, 260) END"
        )
    };
}

/// Advances several sessions at once, on SQLite: between the two parts stand the values of their
/// steps, each session once.
pub(super) const ADVANCE_SEVERAL: [&str; 2] = [
    "WITH step (of_session, from_generation, secret, now, by_attempt, to_generation, \
     rest_remembered, rest_unremembered, client, client_address) AS (",
    concat!(
        ") UPDATE sessions SET ",
        advances!(
            "step.by_attempt",
            "step.to_generation",
            "step.now",
            "step.rest_remembered",
            "step.rest_unremembered",
            "step.client",
            "step.client_address"
        ),
        " FROM step",
        where_it_lives!("step.of_session", "step.from_generation", "step.secret", "step.now"),
        and_it_is_new!("step.by_attempt"),
        and_its_account_is_the_same!(),
        returning_looked_up!()
    ),
];

/// A session that lives, with its account; `$1` session, `$2` now.
macro_rules! session_now {
    () => {
        "SELECT s.id AS session_id, s.generation, s.delivery, s.simplejwt, s.remember, \
         s.created_at, s.authenticated_at, s.idle_expires_at, s.expires_at, s.user_id, \
         u.email, u.username, u.name, u.roles, u.attributes, u.created_at AS user_created_at, \
         u.disabled_at FROM sessions s JOIN users u ON u.id = s.user_id \
         WHERE s.id = $1 AND s.ended_at IS NULL AND s.idle_expires_at > $2 \
         AND s.expires_at > $2 AND u.epoch = s.user_epoch AND u.disabled_at IS NULL"
    };
}

impl Store {
    /// Takes the step, in one statement, on SQLite with others that are to be taken at the same time;
    /// `None` when the row does not allow it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn advance(&self, step: &Advancement) -> Result<Option<Advanced>, StoreError> {
        const SQL: &str = concat!(
            "UPDATE sessions SET ",
            advances!("$5", "$6", "$4", "$7", "$8", "$9", "$10"),
            " FROM users u",
            where_it_lives!("$1", "$2", "$3", "$4"),
            and_it_is_new!("$5"),
            " AND ",
            its_account_is_the_same!(),
            returning_joined!()
        );
        match &self.write {
            WriteDatabase::Sqlite(writer) => writer.advance(step.clone()).await,
            WriteDatabase::Postgres(connections) => {
                on_one_connection!(connections, connection => sqlx::query_as(SQL)
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
        }
    }

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
        const SQL: EachDialect = grant!(
            "attempt = CASE WHEN $6 AND $5 IS NOT NULL THEN $5 ELSE attempt END, ",
            remember_attempt!("$5"),
            ", last_used_at = $4, raced_generation = COALESCE($7, raced_generation), \
             raced_run = COALESCE($8, raced_run)";
        );
        in_one_statement!(self, connection => sqlx::query_as(self.write.its_own(&SQL))
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
        const SQL: EachDialect = grant!(
            "last_used_at = $4, user_agent = $7, address = $8, ",
            rest_anew!("$5", "$6");
            " AND delivery = 'static'"
        );
        in_one_statement!(self, connection => sqlx::query_as(self.write.its_own(&SQL))
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
        const SQL: &str = concat!(session_now!(), " AND s.generation = $3 AND s.secret_hash = $4");
        let row = each_database!(&self.read, pool => sqlx::query_as(SQL)
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
        let row = each_database!(&self.read, pool => sqlx::query_as(session_now!())
            .bind(session_id)
            .bind(now)
            .fetch_optional(pool)
            .await)?;
        Ok(row)
    }
}
