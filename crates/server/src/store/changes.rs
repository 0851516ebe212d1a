use super::database::{each_database, in_one_statement};
use super::{Store, StoreError};

/// What every instance must hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Unique; seen twice it says nothing new.
    pub id: String,
    /// Unix seconds.
    pub at: i64,
    /// What happened, and to whom.
    pub kind: ChangeKind,
}

/// What happened, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeKind {
    /// The session of this id has ended.
    SessionEnded(String),
    /// The account of this id is not what it was.
    AccountChanged(String),
    /// Keys were added, revoked, removed or sealed anew.
    KeysChanged,
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
        for id in &ended {
            sqlx::query($crate::store::changes::RECORD)
                .bind(format!("session:{id}"))
                .bind($now)
                .bind("session")
                .bind(id)
                .execute(&mut *$transaction)
                .await?;
        }
        ended
    }};
}

/// Records a change of this kind: to be used inside [`super::database::in_transaction`].
macro_rules! record_change {
    ($transaction:ident, $change_id:expr, $now:expr, $kind:literal, $subject:expr) => {{
        sqlx::query($crate::store::changes::RECORD)
            .bind($change_id)
            .bind($now)
            .bind($kind)
            .bind($subject)
            .execute(&mut *$transaction)
            .await?;
    }};
}

pub(super) use {end_sessions, record_change};

pub(super) const RECORD: &str = "INSERT INTO changes (id, at, kind, subject) \
     VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

impl Store {
    /// The changes since a moment, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes_since(&self, since: i64) -> Result<Vec<Change>, StoreError> {
        const SQL: &str =
            "SELECT id, at, kind, subject FROM changes WHERE at >= $1 ORDER BY at, id";
        let rows: Vec<(String, i64, String, String)> = each_database!(&self.read, pool =>
            sqlx::query_as(SQL).bind(since).fetch_all(pool).await)?;
        rows.into_iter()
            .map(|(id, at, kind, subject)| {
                let kind = match kind.as_str() {
                    "session" => ChangeKind::SessionEnded(subject),
                    "account" => ChangeKind::AccountChanged(subject),
                    "keys" => ChangeKind::KeysChanged,
                    _ => return Err(StoreError::Corrupt("changes.kind")),
                };
                Ok(Change { id, at, kind })
            })
            .collect()
    }

    /// Forgets the changes before a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_changes(&self, before: i64) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM changes WHERE at < $1";
        in_one_statement!(self, connection =>
            sqlx::query(SQL).bind(before).execute(connection).await.map(|_| ()))
    }
}
