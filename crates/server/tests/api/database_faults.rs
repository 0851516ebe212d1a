//! A database that does not answer costs bounded time, and nobody is let in by what was true long ago.

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use std::sync::Arc;

use crate::support::{Answer, Person, Proxy, TestApp};

/// A server that reaches its database through a proxy, and one beside it that reaches it without.
async fn behind_a_proxy() -> (TestApp, Proxy, TestApp) {
    let beside = TestApp::on_postgres(&[]).await;
    let proxy = Proxy::of(beside.database()).await;
    let clock = Arc::new(beside.clock.off_by(0));
    let app = beside.sibling_by_way_of(&proxy, clock).await;
    (beside, proxy, app)
}

async fn disable(app: &TestApp, username: &str) {
    let user = app.store().user_by_login(username).await.unwrap().unwrap();
    app.store().disable_user(&user.id, app.now()).await.unwrap();
}

/// As in a fail-over: open connections are dead, and nobody says so.
#[tokio::test]
async fn after_connections_were_swallowed_revocations_are_heard_again_within_a_second() {
    let (beside, proxy, app) = behind_a_proxy().await;
    let (ada, grace) = (beside.registered("ada").await, beside.registered("grace").await);
    app.get_with("/api/auth/session", &ada.access).await.with_status(200);
    proxy.hold();
    disable(&beside, "ada").await;
    until_not_ready(&app).await;
    proxy.release_new();
    assert!(app.soon_refuses(&ada.access).await);
    app.get_with("/api/auth/session", &grace.access).await.with_status(200);
    app.get("/readyz").await.with_status(200);
}

#[tokio::test]
async fn nobody_is_let_in_by_what_was_read_half_a_minute_ago() {
    let (beside, proxy, app) = behind_a_proxy().await;
    let (ada, grace) = (beside.registered("ada").await, beside.registered("grace").await);
    app.get_with("/api/auth/session", &ada.access).await.with_status(200);
    proxy.hold();
    disable(&beside, "ada").await;
    app.clock.advance(25);
    // So long it may go by what it knows.
    app.get_with("/api/auth/session", &grace.access).await.with_status(200);
    app.clock.advance(6);
    for person in [&ada, &grace] {
        let answer = app.get_with("/api/auth/session", &person.access).await;
        let answer = answer.refused(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "1");
    }
    app.get("/readyz").await.refused(503, "unavailable");
    proxy.release();
    assert!(app.soon_refuses(&ada.access).await || !soon_answers(&app, &grace.access).await);
    assert!(soon_answers(&app, &grace.access).await);
    app.get_with("/api/auth/session", &ada.access).await.refused(401, "session_ended");
}

/// Waits until it is not ready, without which the fault was not noticed yet.
async fn until_not_ready(app: &TestApp) {
    app.clock.advance(3);
    while app.get("/readyz").await.status != 503 {}
}

async fn soon_answers(app: &TestApp, access: &str) -> bool {
    for _ in 0..500 {
        if app.get_with("/api/auth/session", access).await.status == 200 {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    false
}

/// As when an operator changes the table in psql, and forgets to commit.
#[tokio::test]
async fn a_locked_table_is_503_after_a_while_for_login_pages_and_logout() {
    let app = TestApp::on_postgres(&["database.max_connections=4"]).await;
    let (ada, grace) = (app.registered("ada").await, app.registered("grace").await);
    let signed_in = json!({"login": "ada", "password": crate::support::PASSWORD});
    let cookie = json!({
        "login": "ada", "password": crate::support::PASSWORD, "delivery": "cookie",
    });
    let answer = app.post_from_page("/api/auth/login", "", &cookie).await.with_status(200);
    let cookie = answer.cookies()[0].split(';').next().unwrap().to_owned();
    let mut operator = PgConnection::connect(app.database()).await.unwrap();
    let mut transaction = operator.begin().await.unwrap();
    sqlx::query("LOCK TABLE sessions").execute(&mut *transaction).await.unwrap();
    let end = json!({"refresh_token": ada.refresh});
    // Without pages that of the API serves as well.
    let path = if cfg!(feature = "ssr") { "/sessions" } else { "/api/me/sessions" };
    let page = async {
        let request = app.request(Method::GET, path).header("cookie", &cookie);
        let request = request.bearer_auth(&grace.access);
        Answer::read(request.send().await.unwrap()).await
    };
    let (login, logout, page) = tokio::join!(
        app.post("/api/auth/login", &signed_in),
        app.post("/api/auth/logout", &end),
        page
    );
    for answer in [login, logout, page] {
        let answer = answer.with_status(503);
        assert_eq!(answer.header("retry-after"), "1");
    }
    // What needs no row of a session goes on, and so does the reading of changes.
    app.get_with("/api/auth/session", &grace.access).await.with_status(200);
    app.get("/readyz").await.with_status(200);
    transaction.rollback().await.unwrap();
    app.post("/api/auth/login", &signed_in).await.with_status(200);
    app.post("/api/auth/logout", &end).await.with_status(204);
}

/// Requests that were swallowed, and those that come after: each is answered, and none of the
/// connections is used again in the middle of what it was saying.
#[tokio::test]
async fn statements_that_are_swallowed_are_refused_and_their_connections_are_let_go() {
    let (beside, proxy, app) = behind_a_proxy().await;
    let people: Vec<Person<'_>> = {
        let mut people = Vec::new();
        for name in ["ada", "grace", "joan"] {
            people.push(beside.registered(name).await);
        }
        people
    };
    let ask = || join_all(people.iter().map(|person| app.get_with("/api/me", &person.access)));
    for answer in ask().await {
        answer.with_status(200);
    }
    proxy.hold();
    for answer in ask().await {
        let answer = answer.refused(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "1");
    }
    proxy.release_new();
    for (answer, person) in ask().await.into_iter().zip(&people) {
        assert_eq!(answer.with_status(200).body["username"], person.username);
    }
}

/// PostgreSQL ends by itself what a server has begun and nobody waits for any more.
#[tokio::test]
async fn every_connection_asks_postgresql_to_end_what_takes_too_long() {
    const ENDLESS: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND state = 'active' AND wait_event_type = 'Lock'";
    let (beside, proxy, app) = behind_a_proxy().await;
    let ada = beside.registered("ada").await;
    app.get_with("/api/me", &ada.access).await.with_status(200);
    let mut operator = PgConnection::connect(beside.database()).await.unwrap();
    let mut transaction = operator.begin().await.unwrap();
    sqlx::query("LOCK TABLE sessions").execute(&mut *transaction).await.unwrap();
    let end = json!({"refresh_token": ada.refresh});
    let swallowed = async {
        while beside.number(ENDLESS).await == 0 {}
        proxy.hold();
    };
    let (answer, ()) = tokio::join!(app.post("/api/auth/logout", &end), swallowed);
    answer.refused(503, "unavailable");
    // PostgreSQL cannot have heard that nobody waits, and ends the statement all the same.
    while beside.number(ENDLESS).await > 0 {}
    transaction.rollback().await.unwrap();
}
