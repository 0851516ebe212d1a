use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use sqlx::{Connection, PgConnection};

use crate::support::TestApp;

/// As when PostgreSQL is started anew, or something in between forgets who is connected.
#[tokio::test]
async fn each_connection_that_was_cut_off_costs_one_request_at_most() {
    const OTHERS: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let app = TestApp::on_postgres(&["database.max_connections=4"]).await;
    let ada = app.registered("ada").await;
    join_all((0..8).map(|_| ada.get("/api/me"))).await;
    let mut operator = PgConnection::connect(app.database()).await.unwrap();
    sqlx::query(OTHERS).execute(&mut operator).await.unwrap();
    let mut refused = 0;
    for _ in 0..4 {
        for answer in join_all((0..4).map(|_| ada.get("/api/me"))).await {
            if answer.status != 200 {
                answer.refused(503, "unavailable");
                refused += 1;
            }
        }
    }
    assert!(refused <= 4, "{refused} were refused");
    ada.get("/api/me").await.with_status(200);
}

/// As when an operator looks at sessions in a transaction and goes for coffee.
#[tokio::test]
async fn sessions_that_somebody_holds_in_the_database_keep_no_other_waiting() {
    const HELD: i64 = 6;
    let app = TestApp::on_postgres(&["database.max_connections=8"]).await;
    let mut ada = app.registered("ada").await;
    let mut held = Vec::new();
    for _ in 0..HELD {
        held.push(app.signed_in("ada").await);
    }
    let mut operator = PgConnection::connect(app.database()).await.unwrap();
    let mut transaction = operator.begin().await.unwrap();
    for session in &held {
        let sql = "SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE";
        sqlx::query(sql).bind(&session.session).execute(&mut *transaction).await.unwrap();
    }
    let answered = AtomicUsize::new(0);
    let kept_waiting = join_all(held.iter_mut().map(async |session| {
        session.refreshed().await;
        answered.fetch_add(1, Ordering::Relaxed);
    }));
    let meanwhile = async {
        until_they_wait(&app, HELD).await;
        for _ in 0..3 {
            ada.refreshed().await;
        }
        assert_eq!(answered.load(Ordering::Relaxed), 0, "they were held and are answered");
        transaction.rollback().await.unwrap();
    };
    tokio::join!(kept_waiting, meanwhile);
    for session in &held {
        let row = app.store().session_row(&session.session).await.unwrap().unwrap();
        assert_eq!(row.generation, 1, "each goes on as soon as it is let go");
    }
}

/// As when an operator changes the table, or a connection is dead and nobody has said so.
#[tokio::test]
async fn refreshes_that_the_database_does_not_answer_are_refused_and_hold_nothing_up() {
    /// Statements for refreshes at the same time.
    const AT_A_TIME: i64 = 4;
    let app = TestApp::on_postgres(&["database.max_connections=8"]).await;
    app.registered("ada").await;
    let mut sessions = Vec::new();
    for _ in 0..AT_A_TIME {
        sessions.push(app.signed_in("ada").await);
    }
    let mut operator = PgConnection::connect(app.database()).await.unwrap();
    let mut transaction = operator.begin().await.unwrap();
    let sql = "LOCK TABLE sessions IN EXCLUSIVE MODE";
    sqlx::query(sql).execute(&mut *transaction).await.unwrap();
    let attempt = json!({"attempt": "a".repeat(22)});
    // One by one, so that each is a statement of its own.
    let refused = join_all((0..AT_A_TIME).zip(&sessions).map(async |(earlier, session)| {
        until_they_wait(&app, earlier).await;
        app.refresh(&session.refresh, &attempt).await
    }));
    for answer in refused.await {
        answer.refused(503, "unavailable");
    }
    // PostgreSQL has ended the statements that nobody waits for any more.
    let meanwhile = async {
        until_they_wait(&app, 1).await;
        transaction.rollback().await.unwrap();
    };
    let refreshed = join_all(sessions.iter().map(|it| app.refresh(&it.refresh, &attempt)));
    let (answers, ()) = tokio::join!(refreshed, meanwhile);
    for answer in answers {
        answer.with_status(200);
    }
}

/// More than any machine takes for what is waited for here.
const DEADLINE: Duration = Duration::from_secs(60);

/// Until so many statements wait for a lock.
async fn until_they_wait(app: &TestApp, count: i64) {
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let mut watcher = PgConnection::connect(app.database()).await.unwrap();
    let wait = async {
        loop {
            let waiting: i64 = sqlx::query_scalar(WAITING).fetch_one(&mut watcher).await.unwrap();
            if waiting >= count {
                return;
            }
        }
    };
    let waited = tokio::time::timeout(DEADLINE, wait).await;
    waited.unwrap_or_else(|_| panic!("fewer than {count} statements came to wait for a lock"));
}

/// Two instances that take steps of the same sessions in different orders.
#[tokio::test]
async fn instances_that_refresh_the_same_sessions_never_wait_for_each_other_in_a_circle() {
    const DEADLOCKS: &str =
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    let app = TestApp::on_postgres(&[]).await;
    let other = app.sibling().await;
    app.registered("ada").await;
    let mut sessions = Vec::new();
    for _ in 0..12 {
        sessions.push(app.signed_in("ada").await);
    }
    for letter in 'a'..='t' {
        let attempt = json!({"attempt": letter.to_string().repeat(22)});
        let forth = sessions.iter().map(|session| app.refresh(&session.refresh, &attempt));
        let back = sessions.iter().rev().map(|session| other.refresh(&session.refresh, &attempt));
        let (forth, back) = tokio::join!(join_all(forth), join_all(back));
        for (session, answers) in sessions.iter_mut().zip(forth.iter().zip(back.iter().rev())) {
            let (one, another) = (&answers.0.body, &answers.1.body);
            assert_eq!(one["refresh_token"], another["refresh_token"], "{one} {another}");
            session.refresh = one["refresh_token"].as_str().unwrap().to_owned();
        }
    }
    let mut operator = PgConnection::connect(app.database()).await.unwrap();
    let deadlocks: i64 = sqlx::query_scalar(DEADLOCKS).fetch_one(&mut operator).await.unwrap();
    assert_eq!(deadlocks, 0);
}
