use sqlx::{PgPool, SqlitePool};

/// A pool of connections to one of the two databases.
#[derive(Debug, Clone)]
pub(super) enum Database {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs the same code on whichever database it is. The code is compiled for both, which is what
/// holds the two together: there is one text of every query.
macro_rules! each_database {
    ($database:expr, $pool:ident => $run:expr) => {
        match $database {
            $crate::store::database::Database::Sqlite($pool) => $run,
            $crate::store::database::Database::Postgres($pool) => $run,
        }
    };
}

/// Runs code in one transaction that ends with it: all of it happens or nothing does. SQLite takes
/// its write lock at once, since a reader that turns writer may be refused on the spot.
macro_rules! in_transaction {
    ($store:expr, $transaction:ident => $run:expr) => {
        match &$store.write {
            $crate::store::database::Database::Sqlite(pool) => {
                let mut $transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
                let result = $run;
                $transaction.commit().await?;
                Ok(result)
            }
            $crate::store::database::Database::Postgres(pool) => {
                let mut $transaction = pool.begin().await?;
                let result = $run;
                $transaction.commit().await?;
                Ok(result)
            }
        }
    };
}

pub(super) use {each_database, in_transaction};

/// Everything that is kept. A write is one method and one transaction.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) read: Database,
    /// On SQLite one connection, since it has one writer at a time; otherwise the same as `read`.
    pub(super) write: Database,
}
