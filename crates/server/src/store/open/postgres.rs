use std::io;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection, PgConnection, Row};
use tokio::time::{Instant, sleep, timeout};

use super::{ACQUIRE_TIMEOUT, OpenError, StoreUse, migrations, not_opened};
use crate::settings::{DatabaseSettings, DatabaseTls};
use crate::store::Store;
use crate::store::connections::{Connections, Opened};
use crate::store::database::{Database, WriteDatabase};
use carnet_shared::Secret;

/// What every connection of a server asks PostgreSQL for. A statement ends there a little before
/// nobody waits for it any more, and gives back its locks. What a machine that has gone away has begun
/// ends too. Set once connected, since poolers refuse such options at the start of a connection.
const SESSION: &str = "SET statement_timeout = '5s'; SET lock_timeout = '4s'; \
     SET idle_in_transaction_session_timeout = '10s'; SET tcp_keepalives_idle = 10; \
     SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET tcp_user_timeout = '15s'";

/// The oldest version whose snapshots are known to order changes.
const OLDEST: i32 = 130_000;

/// Between two tries to reach a database that is not up yet.
const BETWEEN_TRIES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(2)];

/// How long a command waits.
const WAIT_OF_COMMANDS: Duration = Duration::from_secs(5);

impl Opened for PgConnection {
    async fn open(options: &PgConnectOptions) -> Result<Self, sqlx::Error> {
        let mut connection = options.connect().await?;
        sqlx::raw_sql(SESSION).execute(&mut connection).await?;
        Ok(connection)
    }
}

pub(super) async fn open(
    url: &Secret,
    settings: &DatabaseSettings,
    wanted_for: StoreUse,
) -> Result<Store, OpenError> {
    let unreadable = |error| OpenError::Connect(settings.url.clone(), error);
    let options = PgConnectOptions::from_str(url.expose()).map_err(unreadable)?;
    let options = with_tls(options, settings).extra_float_digits(None);
    let mut connection = connect(&options, settings, wanted_for).await?;
    let checked = is_suitable(&mut connection, &options).await;
    let unsuitable = checked.map_err(|error| not_opened(&settings.url, error))?;
    if let Some(why) = unsuitable {
        return Err(OpenError::Unsuitable(settings.url.clone(), why));
    }
    let migrated = migrations::run(&mut connection, migrations::EXISTS_ON_POSTGRES).await;
    migrated.map_err(|error| OpenError::Migrate(settings.url.clone(), error))?;
    connection.close().await.map_err(|error| not_opened(&settings.url, error))?;
    let patience = wanted_for.patience();
    let all = Connections::new(options.clone(), settings.max_connections, patience);
    let follow = Connections::new(options, 1, wanted_for.following());
    Ok(Store::of(
        Database::Postgres(all.clone()),
        WriteDatabase::Postgres(all),
        Database::Postgres(follow),
        Arc::default(),
    ))
}

/// With TLS as the settings say; else as the address says; else verified, unless the database is on
/// this machine.
fn with_tls(options: PgConnectOptions, settings: &DatabaseSettings) -> PgConnectOptions {
    let mode = match settings.tls {
        Some(DatabaseTls::VerifyFull) => PgSslMode::VerifyFull,
        Some(DatabaseTls::Require) => PgSslMode::Require,
        Some(DatabaseTls::Off) => PgSslMode::Disable,
        None => match options.get_ssl_mode() {
            // Neither is a decision: both go without where the other side, or whoever is between,
            // says so.
            PgSslMode::Allow | PgSslMode::Prefer if is_on_this_machine(&options) => {
                PgSslMode::Prefer
            }
            PgSslMode::Allow | PgSslMode::Prefer => PgSslMode::VerifyFull,
            decided => decided,
        },
    };
    let options = options.ssl_mode(mode);
    match &settings.ca {
        Some(file) => options.ssl_root_cert(file),
        None => options,
    }
}

fn is_on_this_machine(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || address.is_ok_and(|address| address.is_loopback())
}

/// Connects, and waits for a database that is not up yet.
async fn connect(
    options: &PgConnectOptions,
    settings: &DatabaseSettings,
    wanted_for: StoreUse,
) -> Result<PgConnection, OpenError> {
    let wait = match wanted_for {
        StoreUse::Server => settings.wait,
        StoreUse::Command => settings.wait.min(WAIT_OF_COMMANDS),
    };
    let until = Instant::now() + wait;
    let [mut pause, longest] = BETWEEN_TRIES;
    let mut is_announced = false;
    loop {
        let tried = timeout(ACQUIRE_TIMEOUT, options.connect()).await;
        let error = match tried {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) => error,
            Err(_) => io::Error::from(io::ErrorKind::TimedOut).into(),
        };
        if !may_come_up(&error) || Instant::now() + pause >= until {
            return Err(not_connected(settings, error));
        }
        if !is_announced {
            let (url, seconds) = (&settings.url, wait.as_secs());
            tracing::warn!(%error, "waiting up to {seconds} s for the database at {url}");
            is_announced = true;
        }
        sleep(pause).await;
        pause = (pause * 2).min(longest);
    }
}

/// Whether it is a matter of time: nobody listens yet, or PostgreSQL says that it is starting,
/// stopping, or full.
fn may_come_up(error: &sqlx::Error) -> bool {
    match error {
        // Container networks accept a connection that nobody listens for, and close it.
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| code == "53300" || code.starts_with("57P"))
        }
        _ => false,
    }
}

fn not_connected(settings: &DatabaseSettings, error: sqlx::Error) -> OpenError {
    let url = settings.url.clone();
    match error {
        error @ sqlx::Error::Tls(_) => OpenError::Tls(
            url,
            error,
            r#"name the CA's certificate in database.ca, or set database.tls to "require" (encrypted, not verified) or "off" where the network between is yours alone"#,
        ),
        error => OpenError::Connect(url, error),
    }
}

/// Why the database will not do, if so. By the simple protocol, which every pooler passes on.
async fn is_suitable(
    connection: &mut PgConnection,
    options: &PgConnectOptions,
) -> Result<Option<String>, sqlx::Error> {
    const WHAT: &str = "SELECT current_setting('server_encoding') AS encoding, \
         current_setting('server_version_num')::int4 AS version, \
         current_setting('server_version') AS version_text";
    let row = sqlx::raw_sql(WHAT).fetch_one(&mut *connection).await?;
    let encoding: String = row.try_get("encoding")?;
    if encoding != "UTF8" {
        return Ok(Some(format!(
            "has the encoding {encoding}, which cannot hold every name; make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        )));
    }
    if row.try_get::<i32, _>("version")? < OLDEST {
        let version: String = row.try_get("version_text")?;
        return Ok(Some(format!("is PostgreSQL {version}; Carnet needs 13 or newer")));
    }
    let is_shared = shares_its_session(connection, options).await?;
    Ok(is_shared.then(|| {
        "is behind a pooler that shares sessions, such as PgBouncer with pool_mode = transaction; use pool_mode = session or connect to PostgreSQL itself".to_owned()
    }))
}

/// Whether another connection gets the very session that this one still holds. A pooler that lends
/// sessions for one transaction or statement gives away the one that was used last.
async fn shares_its_session(
    connection: &mut PgConnection,
    options: &PgConnectOptions,
) -> Result<bool, sqlx::Error> {
    const PID: &str = "SELECT pg_backend_pid() AS pid";
    let mut other = options.connect().await?;
    let mut is_shared = false;
    for _ in 0..3 {
        let row = sqlx::raw_sql(PID).fetch_one(&mut *connection).await?;
        let pid: i32 = row.try_get("pid")?;
        let row = sqlx::raw_sql(PID).fetch_one(&mut other).await?;
        is_shared |= pid == row.try_get::<i32, _>("pid")?;
    }
    other.close().await?;
    Ok(is_shared)
}

#[cfg(test)]
mod tests;
