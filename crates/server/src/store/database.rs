use std::sync::Arc;

use sqlx::{PgConnection, SqliteConnection};

use super::connections::Connections;
use super::space::Space;
use super::steps::WaitingSteps;
use super::writer::Writer;

/// Connections to one of the two databases.
#[derive(Debug, Clone)]
pub(super) enum Database {
    Sqlite(Connections<SqliteConnection>),
    Postgres(Connections<PgConnection>),
}

/// Where writes go.
#[derive(Debug, Clone)]
pub(super) enum WriteDatabase {
    /// One connection, since SQLite has one writer at a time.
    Sqlite(Writer),
    /// The same connections that read.
    Postgres(Connections<PgConnection>),
}

/// The same statement for each of the two, where one text would serve one of them badly.
pub(super) struct EachDialect {
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
}

impl WriteDatabase {
    /// The text that is meant for it.
    pub(super) fn its_own(&self, statement: &EachDialect) -> &'static str {
        match self {
            Self::Sqlite(_) => statement.sqlite,
            Self::Postgres(_) => statement.postgres,
        }
    }
}

impl Database {
    /// The text that is meant for it.
    pub(super) fn its_own(&self, statement: &EachDialect) -> &'static str {
        match self {
            Self::Sqlite(_) => statement.sqlite,
            Self::Postgres(_) => statement.postgres,
        }
    }
}

/// A database for which statements have a text of their own.
pub(super) trait Dialect: sqlx::Database {
    /// The text that is meant for it.
    fn text(statement: &EachDialect) -> &'static str;
}

impl Dialect for sqlx::Sqlite {
    fn text(statement: &EachDialect) -> &'static str {
        statement.sqlite
    }
}

impl Dialect for sqlx::Postgres {
    fn text(statement: &EachDialect) -> &'static str {
        statement.postgres
    }
}

/// The text that is meant for the database of a transaction.
pub(super) fn text_for<D: Dialect>(
    _: &sqlx::Transaction<'_, D>,
    statement: &EachDialect,
) -> &'static str {
    D::text(statement)
}

/// Runs a query on a connection of its own, for as long as it may take.
macro_rules! on_one_connection {
    ($connections:expr, $connection:ident => $run:expr) => {{
        let mut held = $connections.take().await?;
        let patience = held.patience();
        let $connection = held.connection();
        let result = tokio::time::timeout(patience, async { $run }).await;
        held.done(match result {
            Ok(result) => result.map_err($crate::store::StoreError::from),
            Err(_) => Err($crate::store::StoreError::TimedOut),
        })
    }};
}

/// Runs the same query on whichever database it is. The code is compiled for both, which is what
/// holds the two together: there is one text of every query.
macro_rules! each_database {
    ($database:expr, $connection:ident => $run:expr) => {
        match $database {
            $crate::store::database::Database::Sqlite(connections) => {
                $crate::store::database::on_one_connection!(connections, $connection => $run)
            }
            $crate::store::database::Database::Postgres(connections) => {
                $crate::store::database::on_one_connection!(connections, $connection => $run)
            }
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
            $crate::store::database::WriteDatabase::Postgres(connections) => {
                $crate::store::database::on_one_connection!(connections, $connection => $run)
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
                let written = $crate::store::database::within!(turn, $transaction => $run).await;
                turn.end(written).await
            }
            $crate::store::database::WriteDatabase::Postgres(connections) => {
                let mut held = connections.take().await?;
                let patience = held.patience();
                let written = $crate::store::database::within!(held, $transaction => $run);
                let written = tokio::time::timeout(patience, written).await;
                held.ended(written.unwrap_or(Err($crate::store::StoreError::TimedOut)))
            }
        }
    };
}

/// Begins the transaction on the connection that is held, and commits it.
macro_rules! within {
    ($held:expr, $transaction:ident => $run:expr) => {
        async {
            let mut $transaction = sqlx::Connection::begin($held.connection()).await?;
            let result = $run;
            $transaction.commit().await?;
            Ok(result)
        }
    };
}

pub(super) use {each_database, in_one_statement, in_transaction, on_one_connection, within};

/// Everything that is kept. A write is one method and one transaction.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) read: Database,
    pub(super) write: WriteDatabase,
    /// A connection of its own for reading the changes, so that they never wait behind requests.
    pub(super) follow: Database,
    pub(super) steps: Arc<WaitingSteps>,
    pub(super) space: Arc<Space>,
}
