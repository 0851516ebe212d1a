//! How long events and sessions are kept, and that nobody waits while they are removed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use sqlx::AssertSqlSafe;
use tokio::time::Instant;
use uuid::Builder;

use crate::support::{TestApp, on_both};

on_both![
    old_events_are_removed_in_steps_between_which_others_write,
    a_server_that_starts_removes_what_is_kept_no_longer,
];

const DAY: i64 = 86_400;

async fn run_sql(app: &TestApp, sql: String) {
    match app.sqlite_file() {
        Some(file) => {
            let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await;
            sqlx::query(AssertSqlSafe(sql)).execute(&pool.unwrap()).await.unwrap();
        }
        None => {
            let pool = sqlx::PgPool::connect(app.database()).await.unwrap();
            sqlx::query(AssertSqlSafe(sql)).execute(&pool).await.unwrap();
        }
    }
}

/// Adds events of a moment; the first letters of their ids are those of that moment.
async fn add_events(app: &TestApp, at: i64, count: u32) {
    let millis = u64::try_from(at * 1000).unwrap();
    let id = Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid();
    let prefix = &id.to_string()[..24];
    run_sql(
        app,
        format!(
            "INSERT INTO events (id, at, kind, user_id, address, detail) \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
             SELECT '{prefix}' || (100000000000 + i), {at}, 'login_failed', 'somebody ' || i, \
             '203.0.113.1', '' FROM n"
        ),
    )
    .await;
}

async fn old_events_are_removed_in_steps_between_which_others_write(app: TestApp) {
    const OLD: u32 = 20_000;
    let ada = app.registered("ada").await;
    add_events(&app, app.now() - 401 * DAY, OLD).await;
    add_events(&app, app.now() - 399 * DAY, 7).await;
    let is_over = AtomicBool::new(false);
    let forget = async {
        app.store().forget_events(app.now() - 400 * DAY).await.unwrap();
        is_over.store(true, Ordering::SeqCst);
    };
    let write = async {
        let mut waits = Vec::new();
        while !is_over.load(Ordering::SeqCst) {
            let began = Instant::now();
            let name = json!({"name": format!("Ada {}", waits.len())});
            ada.send(Method::PATCH, "/api/me", Some(&name)).await.with_status(200);
            waits.push(began.elapsed());
        }
        waits
    };
    let ((), waits) = tokio::join!(forget, write);
    let slowest = waits.iter().max().unwrap();
    eprintln!(
        "while {OLD} events went, {} others wrote, the slowest in {slowest:.0?}",
        waits.len()
    );
    assert!(waits.len() > 10, "others waited for all of it");
    let left = app.events().await.into_iter().filter(|row| row.kind == "login_failed").count();
    assert_eq!(left, 7);
}

async fn a_server_that_starts_removes_what_is_kept_no_longer(app: TestApp) {
    app.registered("ada").await;
    let session = app.signed_in("ada").await.session;
    app.store()
        .end_session(&session, carnet_server::store::EndReason::Ended, app.now())
        .await
        .unwrap();
    add_events(&app, app.now() - 2 * DAY, 500).await;
    app.clock.advance(32 * DAY);
    let app = app.sibling_with(&["audit.keep=33d"]).await;
    let session_is_gone = async || app.store().session_row(&session).await.unwrap().is_none();
    let is_clean = async {
        while !session_is_gone().await
            || app.events().await.iter().any(|row| row.at < app.now() - 33 * DAY)
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), is_clean).await.unwrap();
    let kinds: Vec<String> = app.events().await.into_iter().map(|row| row.kind).collect();
    assert!(kinds.contains(&"account_created".to_owned()), "{kinds:?}");
}
