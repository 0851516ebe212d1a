use sqlx::PgPool;

use super::readers::Readers;
use super::writer::Writer;

/// Connections to one of the two databases.
#[derive(Debug, Clone)]
pub(super) enum Database {
    Sqlite(Readers),
    Postgres(PgPool),
}

/// Where writes go.
#[derive(Debug, Clone)]
pub(super) enum WriteDatabase {
    /// One connection, since SQLite has one writer at a time.
    Sqlite(Writer),
    /// The same connections that read.
    Postgres(PgPool),
}

/// Runs the same query on whichever database it is. The code is compiled for both, which is what
/// holds the two together: there is one text of every query.
macro_rules! each_database {
    ($database:expr, $connection:ident => $run:expr) => {
        match $database {
            $crate::store::database::Database::Sqlite(readers) => match readers.reader().await {
                Ok(mut reader) => {
                    let $connection = reader.connection();
                    let result = $run;
                    reader.done(result)
                }
                Err(error) => Err(error),
            },
            $crate::store::database::Database::Postgres($connection) => $run,
        }
    };
}

/// Runs one statement that writes, which by itself happens or does not. On SQLite it shares a
/// transaction with others.
macro_rules! in_one_statement {
    ($store:expr, $connection:ident => $run:expr) => {
        match &$store.write {
            $crate::store::database::WriteDatabase::Sqlite(writer) => {
                let mut turn = writer.turn().await?;
                let $connection = turn.connection();
                let written = $run.map_err($crate::store::StoreError::from);
                turn.end(written).await
            }
            $crate::store::database::WriteDatabase::Postgres($connection) => {
                $run.map_err($crate::store::StoreError::from)
            }
        }
    };
}

/// Runs code in one transaction that ends with it: all of it happens or nothing does. On SQLite it
/// is a part of a transaction that is shared with others.
macro_rules! in_transaction {
    ($store:expr, $transaction:ident => $run:expr) => {
        match &$store.write {
            $crate::store::database::WriteDatabase::Sqlite(writer) => {
                let mut turn = writer.turn().await?;
                let written = async {
                    let mut $transaction = sqlx::Connection::begin(turn.connection()).await?;
                    let result = $run;
                    $transaction.commit().await?;
                    Ok(result)
                };
                let written = written.await;
                turn.end(written).await
            }
            $crate::store::database::WriteDatabase::Postgres(pool) => {
                let mut $transaction = pool.begin().await?;
                let result = $run;
                $transaction.commit().await?;
                Ok(result)
            }
        }
    };
}

pub(super) use {each_database, in_one_statement, in_transaction};

/// Everything that is kept. A write is one method and one transaction.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) read: Database,
    pub(super) write: WriteDatabase,
}
