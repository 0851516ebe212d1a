use super::database::{each_database, in_one_statement, in_transaction};
use super::{Store, StoreError};
use crate::audit::{Counted, NewEvent};

/// An event as it was recorded.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EventRow {
    /// UUIDv7. Events are ordered by it.
    pub id: String,
    /// Unix seconds.
    pub at: i64,
    /// The name of its [`EventKind`](crate::audit::EventKind).
    pub kind: String,
    /// To whom.
    pub user_id: Option<String>,
    /// In which session.
    pub session_id: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// What the client calls itself, or the command.
    pub device: String,
    /// The request's id.
    pub request_id: String,
    /// Who did it: a user's id, `anonymous`, `os:` and a name, or `system`.
    pub actor: String,
    /// Further words.
    pub detail: String,
    /// How many events of a minute it stands for.
    pub count: i64,
}

/// Which events are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct EventFilter<'a> {
    /// Of this account.
    pub user_id: Option<&'a str>,
    /// Of this kind.
    pub kind: Option<&'a str>,
    /// Of this moment (Unix seconds) and later.
    pub since: Option<i64>,
}

/// Records an event on a connection, also within a transaction.
macro_rules! record_event {
    ($connection:expr, $new:expr, $detail:expr) => {{
        let $crate::audit::NewEvent { id, at, event } = $new;
        let origin = event.origin();
        sqlx::query($crate::store::events::RECORD)
            .bind(id)
            .bind(at)
            .bind(event.kind().as_str())
            .bind(event.user_id())
            .bind(event.session_id())
            .bind(origin.address)
            .bind($detail)
            .bind(origin.actor.text())
            .bind(origin.device)
            .bind(origin.request_id.to_string())
            .execute($connection)
            .await
    }};
}

pub(super) use record_event;

pub(super) const RECORD: &str = "INSERT INTO events \
     (id, at, kind, user_id, session_id, address, detail, actor, device, request_id) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

impl Store {
    /// Records an event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record(&self, new: &NewEvent<'_>) -> Result<(), StoreError> {
        self.has_room()?;
        in_one_statement!(self, connection =>
            record_event!(connection, new, new.event.detail()).map(|_| ()))
    }

    /// Records rows that count events, or adds to those that are there. Where the account was
    /// deleted meanwhile, nothing that could name the person comes back.
    pub(crate) async fn record_counted(&self, rows: &[Counted]) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO events \
             (id, at, kind, user_id, session_id, address, detail, actor, device, request_id, count) \
             SELECT $1, $2, $3, $4, $5, \
             CASE WHEN $4 IS NULL OR EXISTS (SELECT 1 FROM users WHERE id = $4) THEN $6 END, $7, $8, \
             CASE WHEN $4 IS NULL OR EXISTS (SELECT 1 FROM users WHERE id = $4) THEN $9 ELSE '' END, \
             $10, $11 WHERE TRUE \
             ON CONFLICT (id) DO UPDATE SET count = events.count + excluded.count";
        self.has_room()?;
        in_transaction!(self, transaction => {
            for row in rows {
                sqlx::query(SQL)
                    .bind(&row.id)
                    .bind(row.at)
                    .bind(row.kind.as_str())
                    .bind(&row.user_id)
                    .bind(&row.session_id)
                    .bind(&row.address)
                    .bind(&row.detail)
                    .bind(&row.actor)
                    .bind(&row.device)
                    .bind(&row.request_id)
                    .bind(row.count)
                    .execute(&mut *transaction)
                    .await?;
            }
        })
    }

    /// The last events that the filter lets through, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events(
        &self,
        filter: EventFilter<'_>,
        limit: i64,
    ) -> Result<Vec<EventRow>, StoreError> {
        const SQL: &str = "SELECT id, at, kind, user_id, session_id, address, device, request_id, \
             actor, detail, count FROM events WHERE ($1 IS NULL OR user_id = $1) \
             AND ($2 IS NULL OR kind = $2) AND ($3 IS NULL OR at >= $3) \
             ORDER BY id DESC LIMIT $4";
        let rows = each_database!(&self.read, pool => sqlx::query_as(SQL)
            .bind(filter.user_id)
            .bind(filter.kind)
            .bind(filter.since)
            .bind(limit)
            .fetch_all(pool)
            .await)?;
        Ok(rows)
    }
}
