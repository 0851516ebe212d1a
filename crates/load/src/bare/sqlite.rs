//! Bare `UPDATE … RETURNING` on a SQLite file, by one connection, so many in one commit.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::postgres::{CREATE, ROWS, UPDATE};
use crate::clock::{Window, now};
use crate::figures::Figures;

/// When a commit counts as made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Durability {
    /// When it is on the disk.
    Full,
    /// When the operating system has it.
    Normal,
}

/// Updates one row after the other.
///
/// # Errors
/// When the database fails.
pub async fn update_sqlite(
    file: &Path,
    durability: Durability,
    together: i64,
    measured: Duration,
) -> sqlx::Result<Figures> {
    let mut connection = open(file, durability).await?;
    let window = Window::after_warming_up(measured);
    let (mut count, mut id) = (0, 0);
    loop {
        if together == 1 {
            update(&mut connection, id).await?;
        } else {
            let mut transaction = connection.begin().await?;
            for place in 0..together {
                update(&mut transaction, id + place).await?;
            }
            transaction.commit().await?;
        }
        id += together;
        let ended = now();
        if ended >= window.end {
            return Ok(Figures::of_count(count, window.open_for()));
        }
        if ended >= window.start {
            count += usize::try_from(together).unwrap_or_default();
        }
    }
}

async fn open(file: &Path, durability: Durability) -> sqlx::Result<SqliteConnection> {
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match durability {
            Durability::Full => SqliteSynchronous::Full,
            Durability::Normal => SqliteSynchronous::Normal,
        })
        .connect()
        .await?;
    sqlx::query(CREATE).execute(&mut connection).await?;
    let mut transaction = connection.begin().await?;
    for id in 0..ROWS {
        let sql = "INSERT INTO bare (id, generation) VALUES ($1, 0) ON CONFLICT DO NOTHING";
        sqlx::query(sql).bind(id.to_string()).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(connection)
}

async fn update(connection: &mut SqliteConnection, id: i64) -> sqlx::Result<i64> {
    let id = (id % ROWS).to_string();
    sqlx::query_scalar(UPDATE).bind(id).fetch_one(connection).await
}
