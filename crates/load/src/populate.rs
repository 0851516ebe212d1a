//! A table of sessions as full as one wants, in which those that are used lie among all others.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection};

use crate::api::{Api, Session};
use crate::drive::register;
use crate::http::Connection;

/// How often real sessions and others take turns.
const TURNS: usize = 64;
const SESSIONS_PER_ACCOUNT: usize = 10;

/// An id as Carnet makes them: UUIDv7 of this moment.
const ID: &str = "printf('%08x-%04x-7%03x-8%03x-%s', $3 >> 16, $3 & 65535, \
    abs(random() % 4096), abs(random() % 4096), lower(hex(randomblob(6))))";

/// Registers accounts, each with a session, and puts rows among them that differ from a real one
/// in what tells sessions apart. Gives the real ones.
///
/// # Errors
/// When the server or its database fails.
pub async fn populate(
    address: SocketAddr,
    database: &Path,
    count: usize,
    among: usize,
) -> io::Result<Vec<Session>> {
    let mut connection = Connection::new(address);
    let host = address.to_string();
    let mut sessions = Vec::new();
    let mut filler = Filler::open(database).await.map_err(io::Error::other)?;
    for turn in 0..TURNS {
        for number in part(count, turn) {
            let session = register(Api::Carnet, &mut connection, &host, number).await?;
            sessions.extend(session);
        }
        filler.add(part(among, turn).len()).await.map_err(io::Error::other)?;
    }
    Ok(sessions)
}

/// What is done in one of the turns.
fn part(whole: usize, turn: usize) -> std::ops::Range<usize> {
    whole * turn / TURNS..whole * (turn + 1) / TURNS
}

struct Filler {
    connection: SqliteConnection,
    accounts: usize,
    sessions: String,
    users: String,
}

impl Filler {
    async fn open(database: &Path) -> sqlx::Result<Self> {
        let mut connection = SqliteConnectOptions::new()
            .filename(database)
            .busy_timeout(Duration::from_secs(30))
            .connect()
            .await?;
        // Nobody misses these rows after a power cut.
        sqlx::query("PRAGMA synchronous = OFF").execute(&mut connection).await?;
        let user = "(SELECT id FROM filler_accounts WHERE place = i % $4)";
        let secret = "lower(hex(randomblob(21))) || 'A'";
        let sessions = [("id", ID), ("user_id", user), ("secret_hash", secret)];
        let users = [("id", ID), ("email", "'f' || i || '@example.org'"), ("username", "'f' || i")];
        let sessions = copying(&mut connection, "sessions", &sessions).await?;
        let users = copying(&mut connection, "users", &users).await?;
        let table =
            "CREATE TEMP TABLE filler_accounts (place INTEGER PRIMARY KEY, id TEXT NOT NULL)";
        sqlx::query(table).execute(&mut connection).await?;
        Ok(Self { connection, accounts: 0, sessions, users })
    }

    async fn add(&mut self, sessions: usize) -> sqlx::Result<()> {
        if sessions == 0 {
            return Ok(());
        }
        let accounts = sessions.div_ceil(SESSIONS_PER_ACCOUNT);
        let first = self.accounts;
        self.accounts += accounts;
        self.insert(&self.users.clone(), first, accounts, accounts).await?;
        let note = "INSERT OR REPLACE INTO filler_accounts SELECT row_number() OVER () - 1, id \
            FROM (SELECT id FROM users WHERE username LIKE 'f%' ORDER BY rowid DESC LIMIT $1)";
        sqlx::query(note).bind(whole(accounts)).execute(&mut self.connection).await?;
        self.insert(&self.sessions.clone(), 0, sessions, accounts).await
    }

    async fn insert(
        &mut self,
        sql: &str,
        first: usize,
        count: usize,
        accounts: usize,
    ) -> sqlx::Result<()> {
        let millis: i64 = sqlx::query_scalar("SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)")
            .fetch_one(&mut self.connection)
            .await?;
        sqlx::query(AssertSqlSafe(sql))
            .bind(whole(first))
            .bind(whole(first + count))
            .bind(millis)
            .bind(whole(accounts))
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }
}

/// Copies of a table's first row, numbered from `$1` to before `$2`, with some columns of their
/// own. Whatever columns Carnet comes to have, they are filled as it fills them.
async fn copying(
    connection: &mut SqliteConnection,
    table: &str,
    own: &[(&str, &str)],
) -> sqlx::Result<String> {
    let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info($1)")
        .bind(table)
        .fetch_all(connection)
        .await?;
    let value = |column: &String| {
        let own = own.iter().find(|(name, _)| name == column);
        own.map_or_else(|| format!("template.{column}"), |(_, value)| (*value).to_owned())
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    Ok(format!(
        "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2) \
         INSERT INTO {table} ({}) SELECT {} FROM n, \
         (SELECT * FROM {table} ORDER BY rowid LIMIT 1) template",
        columns.join(", "),
        values.join(", "),
    ))
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_turns_together_are_the_whole() {
        for count in [0, 1, 1024, 1_000_000] {
            let parts = (0..TURNS).map(|turn| part(count, turn).len());
            assert_eq!(parts.sum::<usize>(), count);
        }
    }
}
