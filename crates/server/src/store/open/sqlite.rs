use std::path::Path;
use std::sync::Arc;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::{ACQUIRE_TIMEOUT, StoreUse, migrations};
use crate::store::Store;
use crate::store::connections::Connections;
use crate::store::database::{Database, WriteDatabase};
use crate::store::space::Space;
use crate::store::writer::Writer;

pub(super) async fn open(
    path: &Path,
    max_connections: u32,
    wanted_for: StoreUse,
) -> Result<Store, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL may lose an acknowledged sign-out when the power fails.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(ACQUIRE_TIMEOUT);
    let mut connection = options.connect().await?;
    migrations::run(&mut connection, migrations::EXISTS_ON_SQLITE).await?;
    connection.close().await?;
    let space = Arc::new(Space::beside(path));
    let write = Writer::open(options.clone(), ACQUIRE_TIMEOUT, Arc::clone(&space)).await?;
    let read = Connections::new(options.clone(), max_connections, wanted_for.patience());
    let follow = Connections::new(options, 1, wanted_for.following());
    let write = WriteDatabase::Sqlite(write);
    Ok(Store::of(Database::Sqlite(read), write, Database::Sqlite(follow), space))
}
