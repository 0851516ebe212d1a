use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::{Database, Executor, IntoArguments};

/// Where it is kept which migrations were applied. The usual name of sqlx's is left to others: a
/// program that shares the database may use sqlx too.
const TABLE: &str = "carnet_migrations";

/// Where earlier versions kept it.
const FORMER_TABLE: &str = "_sqlx_migrations";

/// Whether there is a table of the name `$1`.
pub(super) const EXISTS_ON_SQLITE: &str =
    "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1)";

/// The same on PostgreSQL.
pub(super) const EXISTS_ON_POSTGRES: &str = "SELECT to_regclass($1) IS NOT NULL";

/// Brings the tables up to date.
pub(super) async fn run<C>(connection: &mut C, exists: &'static str) -> Result<(), MigrateError>
where
    C: Migrate + sqlx::Connection,
    C::Database: Database,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
    for<'q> <C::Database as Database>::Arguments: IntoArguments<C::Database>,
    for<'q> &'q str: sqlx::Encode<'q, C::Database> + sqlx::Type<C::Database>,
    for<'r> bool: sqlx::Decode<'r, C::Database> + sqlx::Type<C::Database>,
    for<'r> (bool,): sqlx::FromRow<'r, <C::Database as Database>::Row>,
{
    let mut migrations = sqlx::migrate!("./migrations");
    migrations.dangerous_set_table_name(TABLE);
    adopt(&migrations, connection, exists).await?;
    migrations.run_direct(None, connection, false).await
}

/// Takes over what an earlier version has noted in the former table. A row is ours when number and
/// checksum are those of a migration of ours.
async fn adopt<C>(
    migrations: &Migrator,
    connection: &mut C,
    exists: &'static str,
) -> Result<(), MigrateError>
where
    C: Migrate + sqlx::Connection,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
    for<'q> <C::Database as Database>::Arguments: IntoArguments<C::Database>,
    for<'q> &'q str: sqlx::Encode<'q, C::Database> + sqlx::Type<C::Database>,
    for<'r> bool: sqlx::Decode<'r, C::Database> + sqlx::Type<C::Database>,
    for<'r> (bool,): sqlx::FromRow<'r, <C::Database as Database>::Row>,
{
    let mut there = [false; 2];
    for (name, is_there) in [TABLE, FORMER_TABLE].into_iter().zip(&mut there) {
        let row: (bool,) = sqlx::query_as(exists).bind(name).fetch_one(&mut *connection).await?;
        *is_there = row.0;
    }
    if there != [false, true] {
        return Ok(());
    }
    let applied = connection.list_applied_migrations(FORMER_TABLE).await?;
    let ours = migrations.iter().filter(|migration| {
        applied.iter().any(|applied| {
            applied.version == migration.version && applied.checksum == migration.checksum
        })
    });
    connection.lock().await?;
    connection.ensure_migrations_table(TABLE).await?;
    let taken = connection.list_applied_migrations(TABLE).await?;
    for migration in ours {
        // Another process may have been quicker.
        if !taken.iter().any(|taken| taken.version == migration.version) {
            connection.skip(TABLE, migration).await?;
        }
    }
    connection.unlock().await
}
