use super::database::each_database;
use super::{Store, StoreError};
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
    /// The key itself, sealed.
    pub sealed: String,
    /// Unix seconds.
    pub created_at: i64,
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
}

impl Store {
    /// All keys, the oldest of a purpose first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys(&self) -> Result<Vec<KeyRow>, StoreError> {
        const SQL: &str = "SELECT id, purpose, ordinal, algorithm, sealed, created_at FROM keys \
             ORDER BY purpose, ordinal";
        let rows = each_database!(&self.read, pool => sqlx::query_as(SQL).fetch_all(pool).await)?;
        Ok(rows)
    }

    /// Adds a key, unless another instance was quicker.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_key(&self, key: &NewKey, now: i64) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO keys (id, purpose, ordinal, algorithm, sealed, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        each_database!(&self.write, pool => sqlx::query(SQL)
            .bind(&key.id)
            .bind(key.purpose.as_str())
            .bind(key.ordinal)
            .bind(&key.algorithm)
            .bind(&key.sealed.0)
            .bind(now)
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}
