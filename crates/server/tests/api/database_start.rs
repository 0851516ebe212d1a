//! What a PostgreSQL must be like for Carnet to start on it, and what it says otherwise.

use carnet_server::App;
use carnet_server::keys::GivenSecrets;
use carnet_server::settings::{SettingSource, Settings};
use carnet_shared::Secret;
use sqlx::{Connection, PgConnection};
use tokio::net::TcpListener;

use crate::support::{SECRET, TestApp, new_postgres, on_both};

on_both![
    migrations_of_another_program_are_left_alone,
    what_an_earlier_version_noted_of_its_migrations_is_taken_over,
];

async fn start(database: &str, more: &[&str]) -> Result<std::sync::Arc<App>, String> {
    let assignments = more.iter().map(|&setting| setting.to_owned()).collect();
    let environment = vec![("CARNET_DATABASE__URL".to_owned(), database.to_owned())];
    let source = SettingSource { file: Some("/dev/null".into()), environment, assignments };
    let settings = Settings::read(&source).unwrap();
    let secrets = GivenSecrets { current: Some(Secret::new(SECRET)), previous: None };
    let started = App::builder(settings).secrets(secrets).start().await;
    started.map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_database_that_cannot_hold_every_name_is_refused() {
    let database = new_postgres().await;
    let (server, name) = database.rsplit_once('/').unwrap();
    let mut operator = PgConnection::connect(&database).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!(
        "CREATE DATABASE {name}_latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' \
         TEMPLATE template0"
    ));
    sqlx::query(create).execute(&mut operator).await.unwrap();
    let said = start(&format!("{server}/{name}_latin"), &[]).await.unwrap_err();
    assert!(said.contains("LATIN1") && said.contains("ENCODING 'UTF8'"), "{said}");
}

#[tokio::test]
async fn a_database_that_is_not_up_yet_is_waited_for() {
    let database = new_postgres().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (user, rest) = database.split_once('@').unwrap();
    let (target, name) = rest.split_once('/').unwrap();
    let early = format!("{user}@{address}/{name}");
    let coming_up = async {
        // Twice somebody is there and says nothing, as while a container starts.
        for _ in 0..2 {
            drop(listener.accept().await.unwrap());
        }
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            let mut server = tokio::net::TcpStream::connect(target).await.unwrap();
            tokio::spawn(async move {
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    };
    tokio::select! {
        started = start(&early, &[]) => drop(started.unwrap()),
        () = coming_up => {}
    }
}

#[tokio::test]
async fn a_database_that_never_comes_up_is_waited_for_as_long_as_the_settings_say() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("postgres://carnet@{}/carnet", listener.local_addr().unwrap());
    drop(listener);
    let said = start(&nobody, &["database.wait=1s"]).await.unwrap_err();
    assert!(said.contains("cannot be opened") && said.lines().count() == 1, "{said}");
}

/// The PostgreSQL of the tests speaks no TLS.
#[tokio::test]
async fn without_tls_a_database_that_must_have_it_is_refused_with_what_to_do() {
    let database = new_postgres().await;
    for settings in [["database.tls=verify-full"], ["database.tls=require"]] {
        let said = start(&database, &settings).await.unwrap_err();
        assert!(said.contains("database.tls") && said.contains("database.ca"), "{said}");
    }
    start(&database, &["database.tls=off"]).await.unwrap();
}

async fn migrations_of_another_program_are_left_alone(app: TestApp) {
    app.run(
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
         installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
         checksum TEXT NOT NULL, execution_time BIGINT NOT NULL)",
    )
    .await;
    app.run(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (1, 'of another program', TRUE, 'x', 0)",
    )
    .await;
    let app = app.restarted().await;
    app.get("/readyz").await.with_status(200);
    assert_eq!(app.number("SELECT COUNT(*) FROM _sqlx_migrations").await, 1);
}

async fn what_an_earlier_version_noted_of_its_migrations_is_taken_over(app: TestApp) {
    let ada = app.registered("ada").await;
    let (access, count) = (ada.access.clone(), "SELECT COUNT(*) FROM carnet_migrations");
    let applied = app.number(count).await;
    app.run("ALTER TABLE carnet_migrations RENAME TO _sqlx_migrations").await;
    let app = app.restarted().await;
    app.get_with("/api/me", &access).await.with_status(200);
    assert_eq!(app.number(count).await, applied);
}
