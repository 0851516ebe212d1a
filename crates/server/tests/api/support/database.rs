use sqlx::{ConnectOptions, Connection, PgConnection};

/// Where the PostgreSQL of the tests is; `cargo xtask test` brings one up and sets it.
const VARIABLE: &str = "CARNET_TEST_POSTGRES_URL";

/// Makes an empty PostgreSQL database and returns its address.
pub(crate) async fn new_postgres() -> String {
    let url = std::env::var(VARIABLE).unwrap_or_else(|_| {
        panic!("{VARIABLE} is not set: run `cargo xtask test`, which brings up a PostgreSQL, or name one whose databases may be added to")
    });
    let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
    let mut connection: PgConnection = options.connect().await.unwrap();
    let mut random = [0; 8];
    aws_lc_rs::rand::fill(&mut random).unwrap();
    let name = format!("carnet_{:016x}", u64::from_be_bytes(random));
    let sql = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}
