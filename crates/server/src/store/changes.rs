use carnet_shared::User;

use super::database::{EachDialect, each_database, in_one_statement};
use super::{Store, StoreError, UserRow};

/// How long a change is kept, by the database's own clock. It matters for as long as an access token
/// may be accepted that was issued before it: fifteen minutes, and as much more as the clocks of the
/// server that issued it and of the one that verifies it differ.
const KEPT_SECONDS: i64 = 3 * 3_600;

/// Rows that are purged or read in one statement.
const BATCH: i64 = 2_000;

/// A point in the history of the database, as the database itself writes it: everything that a
/// reader had seen when it read up to there.
///
/// PostgreSQL numbers transactions when they begin to write, and they may commit in any order, so a
/// number says nothing about what follows. The position is a snapshot there: the numbers of all
/// transactions that had ended. What follows it is exactly what was not visible in it, however late
/// that is committed. Numbers are those of one server, so the position names the server too, by when
/// it was started. SQLite has one writer at a time, and the position is a plain number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position(String);

/// What every instance must hear of.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The session of this id has ended.
    SessionEnded(String),
    /// The account of this id is not what it was.
    AccountChanged {
        /// Whose.
        id: String,
        /// What it is now, or `None` when it is gone.
        account: Option<User>,
    },
    /// Every session that is not in the database as a living one has ended.
    EveryoneEnded,
    /// Keys were added, revoked, removed or sealed again.
    KeysChanged,
    /// Something that only a newer version of this program understands.
    Unknown(String),
}

/// Ends the sessions that the statement names and returns their ids, each recorded as a change: to
/// be used inside [`super::database::in_transaction`].
macro_rules! end_sessions {
    ($transaction:ident, $sql:expr, $now:expr, $reason:expr $(, $bind:expr)*) => {{
        let ended: Vec<(String,)> = sqlx::query_as($sql)
            .bind($now)
            .bind($reason.as_str())
            $(.bind($bind))*
            .fetch_all(&mut *$transaction)
            .await?;
        let ended: Vec<String> = ended.into_iter().map(|(id,)| id).collect();
        if !ended.is_empty() {
            $crate::store::changes::record_changes!($transaction, "session", &ended);
        }
        ended
    }};
}

/// Records a change of this kind: to be used inside [`super::database::in_transaction`].
macro_rules! record_change {
    ($transaction:ident, $kind:literal, $subject:expr) => {
        $crate::store::changes::record_changes!($transaction, $kind, &[$subject])
    };
}

/// The same for several subjects.
macro_rules! record_changes {
    ($transaction:ident, $kind:literal, $subjects:expr) => {{
        let record =
            $crate::store::database::text_for(&$transaction, &$crate::store::changes::RECORD);
        sqlx::query(record)
            .bind($kind)
            .bind($crate::store::error::to_json($subjects))
            .execute(&mut *$transaction)
            .await?;
    }};
}

pub(super) use {end_sessions, record_change, record_changes};

/// Records changes: `$1` their kind, `$2` their subjects as a JSON list.
pub(super) const RECORD: EachDialect = EachDialect {
    sqlite: "INSERT INTO changes (id, kind, subject, at, position) \
         SELECT $1 || ':' || value, $1, value, unixepoch(), \
         (SELECT COALESCE(MAX(position), 0) + 1 FROM changes) FROM json_each($2) WHERE TRUE \
         ON CONFLICT (id) DO UPDATE SET at = excluded.at, position = excluded.position",
    // In one order, so that two who record the same subjects never wait for each other.
    postgres: "INSERT INTO changes (id, kind, subject, at, position) \
         SELECT $1 || ':' || value, $1, value, EXTRACT(EPOCH FROM clock_timestamp())::bigint, \
         pg_current_xact_id()::text::bigint \
         FROM jsonb_array_elements_text($2::jsonb) AS value ORDER BY value \
         ON CONFLICT (id) DO UPDATE SET at = excluded.at, position = excluded.position",
};

/// The columns of a [`ChangeRow`].
macro_rules! change_columns {
    () => {
        "c.kind, c.subject, u.id AS user_id, u.email, u.username, u.name, u.roles, u.attributes, \
         u.created_at AS user_created_at, u.disabled_at"
    };
}

macro_rules! with_its_account {
    () => {
        " LEFT JOIN users u ON c.kind = 'account' AND u.id = c.subject "
    };
}

/// The position of this moment, and the two parts of the position `$1`, on PostgreSQL.
macro_rules! postgres_position {
    () => {
        "pg_current_snapshot()::text || ' ' || \
         EXTRACT(EPOCH FROM pg_postmaster_start_time())::text"
    };
}

macro_rules! postgres_snapshot {
    () => {
        "split_part($1::text, ' ', 1)::pg_snapshot"
    };
}

/// What follows the position `$1`, and the position up to which that goes, in one row at least.
const AFTER: EachDialect = EachDialect {
    sqlite: concat!(
        "SELECT CAST(COALESCE((SELECT MAX(position) FROM changes), 0) AS TEXT) AS read_up_to, \
         COALESCE((SELECT MAX(position) FROM changes), 0) < CAST($1 AS INTEGER) AS went_back, ",
        change_columns!(),
        " FROM (SELECT 1) LEFT JOIN changes c ON c.position > CAST($1 AS INTEGER)",
        with_its_account!(),
        "ORDER BY c.position"
    ),
    postgres: concat!(
        "SELECT ",
        postgres_position!(),
        " AS read_up_to, pg_snapshot_xmin(pg_current_snapshot()) < pg_snapshot_xmin(",
        postgres_snapshot!(),
        ") OR split_part($1::text, ' ', 2) <> \
         EXTRACT(EPOCH FROM pg_postmaster_start_time())::text AS went_back, ",
        change_columns!(),
        " FROM (SELECT 1) AS always LEFT JOIN changes c ON c.position >= pg_snapshot_xmin(",
        postgres_snapshot!(),
        ")::text::bigint AND NOT pg_visible_in_snapshot(c.position::text::xid8, ",
        postgres_snapshot!(),
        // Rows that were restored from a dump have the numbers of another server.
        ") AND c.position < pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
        with_its_account!(),
        "ORDER BY c.position"
    ),
};

/// The position of this moment.
const POSITION: EachDialect = EachDialect {
    sqlite: "SELECT CAST(COALESCE(MAX(position), 0) AS TEXT) FROM changes",
    postgres: concat!("SELECT ", postgres_position!()),
};

/// Some of all changes that are kept: those after the id `$1`, at most `$2` of them.
const PAGE: &str = concat!(
    "SELECT c.id, ",
    change_columns!(),
    " FROM changes c",
    with_its_account!(),
    "WHERE c.id > $1 ORDER BY c.id LIMIT $2"
);

/// Removes up to `$2` changes that were recorded `$1` seconds ago. The last one stays, since SQLite
/// counts on from it.
const FORGET: EachDialect = EachDialect {
    sqlite: "DELETE FROM changes WHERE id IN (SELECT id FROM changes WHERE at < unixepoch() - $1 \
         AND position < (SELECT MAX(position) FROM changes) LIMIT $2)",
    postgres: "DELETE FROM changes WHERE id IN (SELECT id FROM changes \
         WHERE at < EXTRACT(EPOCH FROM clock_timestamp())::bigint - $1 LIMIT $2)",
};

/// The columns of one change; all are absent where nothing follows a position.
#[derive(Debug, sqlx::FromRow)]
struct ChangeRow {
    kind: Option<String>,
    subject: Option<String>,
    user_id: Option<String>,
    email: Option<String>,
    username: Option<String>,
    name: Option<String>,
    roles: Option<String>,
    attributes: Option<String>,
    user_created_at: Option<i64>,
    disabled_at: Option<i64>,
}

#[derive(Debug, sqlx::FromRow)]
struct RowAfter {
    read_up_to: String,
    went_back: bool,
    #[sqlx(flatten)]
    change: ChangeRow,
}

#[derive(Debug, sqlx::FromRow)]
struct RowOfPage {
    id: String,
    #[sqlx(flatten)]
    change: ChangeRow,
}

impl ChangeRow {
    fn change(self) -> Result<Option<Change>, StoreError> {
        let (Some(kind), Some(subject)) = (self.kind.as_deref(), self.subject.clone()) else {
            return Ok(None);
        };
        Ok(Some(match kind {
            "session" => Change::SessionEnded(subject),
            "account" => Change::AccountChanged { id: subject, account: self.account()? },
            "everyone" => Change::EveryoneEnded,
            "keys" => Change::KeysChanged,
            kind => Change::Unknown(kind.to_owned()),
        }))
    }

    fn account(self) -> Result<Option<User>, StoreError> {
        let Self {
            user_id: Some(id),
            email: Some(email),
            username: Some(username),
            name: Some(name),
            roles: Some(roles),
            attributes: Some(attributes),
            user_created_at: Some(created_at),
            disabled_at,
            ..
        } = self
        else {
            return Ok(None);
        };
        let row = UserRow { id, email, username, name, roles, attributes, created_at, disabled_at };
        row.user().map(Some)
    }
}

/// What was read of the changes.
#[derive(Debug)]
pub struct ReadChanges {
    /// Where to go on.
    pub position: Position,
    /// Whether this is another database than the position is of, or one that has gone back behind it,
    /// as after a fail-over: what is missing may be anything.
    pub went_back: bool,
    /// What changed.
    pub changes: Vec<Change>,
}

impl Store {
    /// What changed after a position.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes_after(&self, position: &Position) -> Result<ReadChanges, StoreError> {
        let sql = self.follow.its_own(&AFTER);
        let rows: Vec<RowAfter> = each_database!(&self.follow, connection =>
            sqlx::query_as(sql).bind(&position.0).fetch_all(connection).await)?;
        let first = rows.first().ok_or(StoreError::Corrupt("changes.position"))?;
        let (position, went_back) = (Position(first.read_up_to.clone()), first.went_back);
        let changes = rows.into_iter().filter_map(|row| row.change.change().transpose());
        Ok(ReadChanges { position, went_back, changes: changes.collect::<Result<_, _>>()? })
    }

    /// The position of this moment; read [`Self::changes_page`] after it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes_position(&self) -> Result<Position, StoreError> {
        let sql = self.follow.its_own(&POSITION);
        let position = each_database!(&self.follow, connection =>
            sqlx::query_scalar(sql).fetch_one(connection).await)?;
        Ok(Position(position))
    }

    /// Some of all changes that are kept, and the id of the last of them, with which the next page
    /// is asked for; without one it was the last page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes_page(
        &self,
        after: &str,
    ) -> Result<(Vec<Change>, Option<String>), StoreError> {
        let rows: Vec<RowOfPage> = each_database!(&self.follow, connection =>
            sqlx::query_as(PAGE).bind(after).bind(BATCH).fetch_all(connection).await)?;
        let is_full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= BATCH);
        let last = rows.last().filter(|_| is_full).map(|row| row.id.clone());
        let changes = rows.into_iter().filter_map(|row| row.change.change().transpose());
        Ok((changes.collect::<Result<_, _>>()?, last))
    }

    /// Forgets some of the changes that no reader can need any more; says how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_changes(&self) -> Result<u64, StoreError> {
        let sql = self.write.its_own(&FORGET);
        in_one_statement!(self, connection => sqlx::query(sql)
            .bind(KEPT_SECONDS)
            .bind(BATCH)
            .execute(connection)
            .await
            .map(|done| done.rows_affected()))
    }
}
