//! Bare `UPDATE … RETURNING` on PostgreSQL, by several connections, a commit each.

use std::time::Duration;

use futures::future::try_join_all;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection, PgPool};

use crate::clock::{Window, now};
use crate::figures::Figures;

pub(super) const ROWS: i64 = 1000;
pub(super) const CREATE: &str =
    "CREATE TABLE IF NOT EXISTS bare (id TEXT NOT NULL PRIMARY KEY, generation BIGINT NOT NULL)";
pub(super) const UPDATE: &str =
    "UPDATE bare SET generation = generation + 1 WHERE id = $1 RETURNING generation";

/// Makes the table, which pgbench uses too, and updates its rows unless no time is given for it.
///
/// # Errors
/// When the database fails.
pub async fn update_postgres(
    url: &str,
    connections: u32,
    measured: Duration,
) -> sqlx::Result<Figures> {
    let pool = PgPoolOptions::new().max_connections(connections).connect(url).await?;
    sqlx::query(CREATE).execute(&pool).await?;
    let sql =
        "INSERT INTO bare SELECT n::text, 0 FROM generate_series(0, $1) n ON CONFLICT DO NOTHING";
    sqlx::query(sql).bind(ROWS - 1).execute(&pool).await?;
    if measured.is_zero() {
        return Ok(Figures::default());
    }
    let window = Window::after_warming_up(measured);
    let counts = try_join_all(
        (0..connections).map(|first| tokio::spawn(update(pool.clone(), first.into(), window))),
    );
    let counts = counts.await.map_err(|error| sqlx::Error::Io(error.into()))?;
    let count = counts.into_iter().sum::<sqlx::Result<usize>>()?;
    pool.close().await;
    Ok(Figures::of_count(count, window.open_for()))
}

async fn update(pool: PgPool, first: i64, window: Window) -> sqlx::Result<usize> {
    let mut connection = pool.acquire().await?;
    let connection: &mut PgConnection = &mut connection;
    connection.ping().await?;
    let (mut count, mut id) = (0, first);
    loop {
        let row = (id % ROWS).to_string();
        let _: i64 = sqlx::query_scalar(UPDATE).bind(row).fetch_one(&mut *connection).await?;
        // Prime to the number of rows, so that each of them comes and two seldom meet.
        id += 17;
        let ended = now();
        if ended >= window.end {
            return Ok(count);
        }
        count += usize::from(ended >= window.start);
    }
}
