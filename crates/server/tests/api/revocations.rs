//! What was ended or changed is heard, however late it was committed, whatever the clocks say, and
//! though the server was stopped meanwhile.

use std::sync::Arc;

use carnet_server::ApiError;
use carnet_shared::ErrorCode;
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, PgConnection};

use crate::support::{Answer, TestApp, on_both};

on_both![
    a_server_that_was_stopped_reads_what_ended_before_it_answers,
    a_server_whose_clock_was_set_reads_what_ended_before_it_answers,
    a_login_after_a_pause_is_not_signed_with_a_key_that_was_revoked_in_it,
    revocations_are_heard_however_far_apart_the_clocks_are,
    revocations_are_heard_when_a_clock_goes_ahead_and_back,
    a_change_that_only_a_newer_version_knows_stops_nothing,
    changes_of_an_account_are_one_row_and_the_same_name_again_is_none,
    the_role_of_a_fresh_token_is_never_too_new,
    everyone_can_be_signed_out_at_once,
    everyone_includes_sessions_that_a_restored_database_does_not_know,
    changes_are_kept_for_hours_by_the_clock_of_the_database,
];

fn code<T>(result: &Result<T, ApiError>) -> Option<ErrorCode> {
    result.as_ref().err().map(ApiError::code)
}

async fn id_of(app: &TestApp, login: &str) -> String {
    app.store().user_by_login(login).await.unwrap().unwrap().id
}

async fn a_server_that_was_stopped_reads_what_ended_before_it_answers(app: TestApp) {
    let clock = Arc::new(app.clock.off_by(0));
    let stopped = app.paused_sibling(Arc::clone(&clock)).await;
    let (ada, grace) = (app.registered("ada").await, app.registered("grace").await);
    stopped.verify(&ada.access).await.unwrap();
    app.store().disable_user(&id_of(&app, "ada").await, app.now()).await.unwrap();
    clock.advance(66);
    assert_eq!(code(&stopped.verify(&ada.access).await), Some(ErrorCode::SessionEnded));
    stopped.verify(&grace.access).await.unwrap();
}

/// As when a virtual machine is stopped, and no clock of it goes on until its time is set.
async fn a_server_whose_clock_was_set_reads_what_ended_before_it_answers(app: TestApp) {
    for seconds in [66, -66] {
        let clock = Arc::new(app.clock.off_by(0));
        let stopped = app.paused_sibling(Arc::clone(&clock)).await;
        let username = format!("ada-{}", seconds + 100);
        app.clock.advance(100);
        clock.advance(100);
        let ada = app.registered(&username).await;
        stopped.verify(&ada.access).await.unwrap();
        app.store().disable_user(&id_of(&app, &username).await, app.now()).await.unwrap();
        clock.set_ahead(seconds);
        let refused = code(&stopped.verify(&ada.access).await);
        // Set back, its token is of the future.
        assert_ne!(refused, None);
        clock.set_ahead(-seconds);
        assert_eq!(code(&stopped.verify(&ada.access).await), Some(ErrorCode::SessionEnded));
    }
}

async fn a_login_after_a_pause_is_not_signed_with_a_key_that_was_revoked_in_it(app: TestApp) {
    let clock = Arc::new(app.clock.off_by(0));
    let stopped = app.paused_sibling(Arc::clone(&clock)).await;
    let ada = app.registered("ada").await;
    let kid = carnet_verify::key_id(&ada.access).unwrap();
    app.app().revoke_key(&kid).await.unwrap();
    clock.advance(3);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // Without the task that follows the changes: only the login itself can read them.
    let router = carnet_server::router(&stopped);
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let serving = tokio::spawn(axum::serve(listener, service).into_future());
    let body = json!({"login": "ada", "password": crate::support::PASSWORD});
    let login = app.client.post(format!("{url}/api/auth/login")).header("host", "127.0.0.1:9");
    let answer = Answer::read(login.json(&body).send().await.unwrap()).await.with_status(200);
    let token = answer.body["access_token"].as_str().unwrap();
    assert_ne!(carnet_verify::key_id(token).unwrap(), kid);
    serving.abort();
}

async fn revocations_are_heard_however_far_apart_the_clocks_are(app: TestApp) {
    for (name, seconds) in [("ada", -3_600), ("grace", -90), ("joan", 90), ("mary", 3_600)] {
        let other = app.sibling_at(Arc::new(app.clock.off_by(seconds))).await;
        app.registered(name).await;
        let (here, there) = (app.signed_in(name).await, other.signed_in(name).await);
        there.get("/api/auth/session").await.with_status(200);
        let end = json!({"refresh_token": here.refresh});
        other.post("/api/auth/logout", &end).await.with_status(204);
        assert!(app.soon_refuses(&here.access).await, "{seconds}");
        let end = json!({"refresh_token": there.refresh});
        app.post("/api/auth/logout", &end).await.with_status(204);
        assert!(other.soon_refuses(&there.access).await, "{seconds}");
        // Neither has it forgotten when the other's clock says that the tokens have expired.
        other.clock.advance(14 * 60);
        assert_eq!(other.get_with("/api/me", &there.access).await.status, 401);
    }
}

async fn revocations_are_heard_when_a_clock_goes_ahead_and_back(app: TestApp) {
    let other = app.sibling_at(Arc::new(app.clock.off_by(0))).await;
    let (ada, grace) = (app.registered("ada").await, app.registered("grace").await);
    other.get_with("/api/me", &ada.access).await.with_status(200);
    other.clock.set_ahead(3_600);
    other.get("/readyz").await.with_status(200);
    app.store().disable_user(&id_of(&app, "ada").await, app.now()).await.unwrap();
    other.get("/readyz").await.with_status(200);
    other.clock.set_ahead(-3_600);
    app.store().disable_user(&id_of(&app, "grace").await, app.now()).await.unwrap();
    assert!(other.soon_refuses(&ada.access).await);
    assert!(other.soon_refuses(&grace.access).await);
}

async fn a_change_that_only_a_newer_version_knows_stops_nothing(app: TestApp) {
    let (ada, grace) = (app.registered("ada").await, app.registered("grace").await);
    let novelty = if app.sqlite_file().is_some() {
        "INSERT INTO changes (id, kind, subject, at, position) SELECT 'novelty:x', 'novelty', 'x', \
         unixepoch(), 1 + COALESCE(MAX(position), 0) FROM changes"
    } else {
        "INSERT INTO changes (id, kind, subject, at, position) VALUES ('novelty:x', 'novelty', \
         'x', 1, pg_current_xact_id()::text::bigint)"
    };
    app.run(novelty).await;
    app.store().disable_user(&id_of(&app, "ada").await, app.now()).await.unwrap();
    assert!(app.soon_refuses(&ada.access).await);
    grace.get("/api/me").await.with_status(200);
    app.get("/readyz").await.with_status(200);
    // It does not keep anybody from starting either.
    let later = app.sibling().await;
    later.get_with("/api/me", &ada.access).await.refused(401, "session_ended");
}

async fn changes_of_an_account_are_one_row_and_the_same_name_again_is_none(app: TestApp) {
    const ROWS: &str = "SELECT COUNT(*) FROM changes WHERE kind = 'account'";
    const POSITION: &str = "SELECT MAX(position) FROM changes WHERE kind = 'account'";
    let ada = app.registered("ada").await;
    for name in ["Ada", "Countess", "Ada", "Ada Lovelace"] {
        ada.send(Method::PATCH, "/api/me", Some(&json!({"name": name}))).await.with_status(200);
    }
    assert_eq!(app.number(ROWS).await, 1);
    let position = app.number(POSITION).await;
    let again = json!({"name": "Ada Lovelace"});
    let answer = ada.send(Method::PATCH, "/api/me", Some(&again)).await.with_status(200);
    assert_eq!(answer.body["name"], "Ada Lovelace");
    assert_eq!(app.number(POSITION).await, position);
}

async fn the_role_of_a_fresh_token_is_never_too_new(app: TestApp) {
    let clock = Arc::new(app.clock.off_by(0));
    let other = app.paused_sibling(Arc::clone(&clock)).await;
    let mut ada = app.registered("ada").await;
    let mut user = app.store().user_by_login("ada").await.unwrap().unwrap().user().unwrap();
    let old = ada.access.clone();
    for role in ["reader", "writer"] {
        user.roles = vec![role.to_owned()];
        app.store().update_user(&user).await.unwrap();
        ada.refreshed().await;
        if role == "reader" {
            // The other hears of the first change, and no more.
            clock.advance(3);
        }
        assert_eq!(other.verify(&ada.access).await.unwrap().roles, [role]);
    }
    assert_eq!(code(&other.verify(&old).await), Some(ErrorCode::TokenOutdated));
}

async fn everyone_can_be_signed_out_at_once(app: TestApp) {
    let other = app.sibling().await;
    let (ada, grace) = (app.registered("ada").await, app.registered("grace").await);
    let again = app.signed_in("ada").await;
    for person in [&ada, &grace, &again] {
        other.get_with("/api/me", &person.access).await.with_status(200);
    }
    assert_eq!(app.store().end_every_session(app.now()).await.unwrap(), 3);
    for person in [&ada, &grace, &again] {
        assert!(app.soon_refuses(&person.access).await);
        assert!(other.soon_refuses(&person.access).await);
        other.refresh(&person.refresh, &json!({})).await.refused(401, "session_ended");
    }
    let later = app.signed_in("ada").await;
    for _ in 0..2 {
        app.get_with("/api/me", &later.access).await.with_status(200);
        other.get_with("/api/me", &later.access).await.with_status(200);
    }
    app.post("/api/auth/logout", &json!({"refresh_token": later.refresh})).await.with_status(204);
    assert!(other.soon_refuses(&later.access).await);
}

async fn everyone_includes_sessions_that_a_restored_database_does_not_know(app: TestApp) {
    let ada = app.registered("ada").await;
    app.run("DELETE FROM sessions").await;
    ada.get("/api/auth/session").await.with_status(200);
    assert_eq!(app.store().end_every_session(app.now()).await.unwrap(), 0);
    assert!(app.soon_refuses(&ada.access).await);
}

async fn changes_are_kept_for_hours_by_the_clock_of_the_database(app: TestApp) {
    const ROWS: &str = "SELECT COUNT(*) FROM changes";
    for name in ["ada", "grace", "joan"] {
        let person = app.registered(name).await;
        let end = json!({"refresh_token": person.refresh});
        app.post("/api/auth/logout", &end).await.with_status(204);
    }
    let kept = app.number(ROWS).await;
    // The clocks of servers have no say in it.
    app.clock.set_ahead(86_400);
    app.store().forget_changes().await.unwrap();
    assert_eq!(app.number(ROWS).await, kept);
    app.run("UPDATE changes SET at = at - 10799 WHERE kind = 'session'").await;
    app.store().forget_changes().await.unwrap();
    assert_eq!(app.number(ROWS).await, kept);
    app.run("UPDATE changes SET at = at - 2").await;
    app.store().forget_changes().await.unwrap();
    // SQLite counts on from the last.
    assert!(app.number(ROWS).await <= kept - 2);
    let later = app.registered("later").await;
    let other = app.sibling().await;
    other.get_with("/api/me", &later.access).await.with_status(200);
    app.post("/api/auth/logout", &json!({"refresh_token": later.refresh})).await.with_status(204);
    assert!(other.soon_refuses(&later.access).await);
}

/// PostgreSQL numbers transactions when they begin to write: this one has a lower number than others
/// that were committed and read long before it.
#[tokio::test]
async fn what_is_committed_late_is_heard() {
    const DISABLE: &str =
        "UPDATE users SET epoch = epoch + 1, disabled_at = 1 WHERE username = 'ada'";
    const CHANGE: &str = "INSERT INTO changes (id, kind, subject, at, position) \
         SELECT 'session:' || $1, 'session', $1, EXTRACT(EPOCH FROM clock_timestamp())::bigint, \
         pg_current_xact_id()::text::bigint";
    let app = TestApp::on_postgres(&[]).await;
    let (ada, grace) = (app.registered("ada").await, app.registered("grace").await);
    let mut operator = PgConnection::connect(app.database()).await.unwrap();
    let mut late = operator.begin().await.unwrap();
    sqlx::query(DISABLE).execute(&mut *late).await.unwrap();
    sqlx::query(CHANGE).bind(&ada.session).execute(&mut *late).await.unwrap();
    for _ in 0..3 {
        app.clock.advance(31);
        let end = app.signed_in("grace").await;
        let body = json!({"refresh_token": end.refresh});
        let other = app.sibling().await;
        app.post("/api/auth/logout", &body).await.with_status(204);
        assert!(other.soon_refuses(&end.access).await);
        app.get("/readyz").await.with_status(200);
    }
    ada.get("/api/auth/session").await.with_status(200);
    late.commit().await.unwrap();
    assert!(app.soon_refuses(&ada.access).await);
    grace.get("/api/auth/session").await.with_status(200);
}
