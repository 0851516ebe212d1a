use super::changes::{end_sessions, record_change};
use super::database::{each_database, in_transaction};
use super::{EndReason, Store, StoreError};
use crate::keys::{KeyPurpose, Sealed};

/// A key as it lies in the database.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeyRow {
    /// The `kid` of a signing key, the short id of a MAC key.
    pub id: String,
    /// `sign` or `refresh`.
    pub purpose: String,
    /// Counts up within a purpose.
    pub ordinal: i64,
    /// What it is a key for.
    pub algorithm: String,
    /// The key itself, sealed; empty once it is revoked.
    pub sealed: String,
    /// Unix seconds.
    pub created_at: i64,
    /// From when it makes tokens, Unix seconds.
    pub active_at: i64,
    /// Since when it is refused, Unix seconds.
    pub revoked_at: Option<i64>,
}

/// A key to be added.
#[derive(Debug)]
pub struct NewKey {
    /// As in [`KeyRow`].
    pub id: String,
    /// What it is for.
    pub purpose: KeyPurpose,
    /// The next free number of its purpose as far as is known.
    pub ordinal: i64,
    /// As in [`KeyRow`].
    pub algorithm: String,
    /// The key itself.
    pub sealed: Sealed,
    /// As in [`KeyRow`].
    pub active_at: i64,
}

const ADD: &str = "INSERT INTO keys (id, purpose, ordinal, algorithm, sealed, created_at, active_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";

macro_rules! add_key {
    ($transaction:ident, $key:expr, $now:expr) => {
        sqlx::query(ADD)
            .bind(&$key.id)
            .bind($key.purpose.as_str())
            .bind($key.ordinal)
            .bind(&$key.algorithm)
            .bind(&$key.sealed.0)
            .bind($now)
            .bind($key.active_at)
            .execute(&mut *$transaction)
            .await?
            .rows_affected()
            > 0
    };
}

impl Store {
    /// All keys, the oldest of a purpose first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys(&self) -> Result<Vec<KeyRow>, StoreError> {
        const SQL: &str = "SELECT id, purpose, ordinal, algorithm, sealed, created_at, active_at, \
             revoked_at FROM keys ORDER BY purpose, ordinal";
        let rows = each_database!(&self.read, pool => sqlx::query_as(SQL).fetch_all(pool).await)?;
        Ok(rows)
    }

    /// Whether there is a key of this id, revoked or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_key(&self, id: &str) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT id FROM keys WHERE id = $1";
        let row: Option<(String,)> = each_database!(&self.read, pool =>
            sqlx::query_as(SQL).bind(id).fetch_optional(pool).await)?;
        Ok(row.is_some())
    }

    /// Whether there is a key of this id that is not revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_usable_key(&self, id: &str) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT id FROM keys WHERE id = $1 AND revoked_at IS NULL";
        let row: Option<(String,)> = each_database!(&self.read, pool =>
            sqlx::query_as(SQL).bind(id).fetch_optional(pool).await)?;
        Ok(row.is_some())
    }

    /// Adds a key; says whether it did, or another instance was quicker.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_key(&self, key: &NewKey, now: i64) -> Result<bool, StoreError> {
        in_transaction!(self, transaction => {
            let added = add_key!(transaction, key, now);
            if added {
                record_change!(transaction, "keys", "");
            }
            added
        })
    }

    /// Revokes a key, adds the one that takes its place, and ends the sessions whose refresh tokens
    /// were last made between the two moments, which it returns. `None`, and nothing happens, when
    /// it was revoked or removed already or another instance added a key at the same time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_key(
        &self,
        id: &str,
        replacement: Option<&NewKey>,
        in_use: Option<(i64, i64)>,
        now: i64,
    ) -> Result<Option<Vec<String>>, StoreError> {
        const REVOKE: &str =
            "UPDATE keys SET revoked_at = $2, sealed = '' WHERE id = $1 AND revoked_at IS NULL";
        const END: &str = "UPDATE sessions SET ended_at = $1, ended_because = $2 \
             WHERE rotated_at >= $3 AND rotated_at <= $4 AND ended_at IS NULL RETURNING id";
        in_transaction!(self, transaction => {
            let revoked = sqlx::query(REVOKE).bind(id).bind(now).execute(&mut *transaction).await?;
            if revoked.rows_affected() == 0 {
                return Ok(None);
            }
            if let Some(key) = replacement
                && !add_key!(transaction, key, now)
            {
                return Ok(None);
            }
            record_change!(transaction, "keys", "");
            match in_use {
                None => Some(Vec::new()),
                Some((from, to)) => {
                    Some(end_sessions!(transaction, END, now, EndReason::Operator, from, to))
                }
            }
        })
    }

    /// Removes keys that nothing valid can have been made with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_keys(&self, ids: &[&str]) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM keys WHERE id = $1";
        in_transaction!(self, transaction => {
            for &id in ids {
                sqlx::query(SQL).bind(id).execute(&mut *transaction).await?;
            }
            record_change!(transaction, "keys", "");
        })
    }

    /// Replaces the seals of keys, each given by its id with the seal until now and the new one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reseal_keys(&self, keys: &[(String, String, String)]) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE keys SET sealed = $3 WHERE id = $1 AND sealed = $2";
        in_transaction!(self, transaction => {
            for (id, old, new) in keys {
                sqlx::query(SQL).bind(id).bind(old).bind(new).execute(&mut *transaction).await?;
            }
            record_change!(transaction, "keys", "");
        })
    }
}
