use carnet_shared::MAX_TOKEN_LENGTH;
use serde_json::json;

use crate::support::{TestApp, on_both};

on_both![
    each_refresh_gives_the_next_token_and_the_account_as_it_is_now,
    a_reused_refresh_token_ends_the_session,
    the_token_before_is_honoured_for_ten_seconds_however_often_it_is_used,
    with_an_attempt_a_lost_answer_can_be_asked_for_a_day_later,
    the_attempt_of_the_last_saved_answer_serves_after_a_crash,
    only_the_token_before_is_honoured_within_the_grace,
    two_rotations_within_a_second_revive_nothing,
    an_attempt_serves_once,
    three_races_running_end_the_session,
    a_restart_revives_nothing,
    a_session_rests_thirty_days_and_lives_ninety,
    junk_is_refused_without_a_word_more,
    a_token_ahead_of_the_database_is_accepted_once_it_lost_a_write,
    a_refresh_token_is_no_access_token_and_the_other_way_round,
    naming_another_session_rotates_nothing,
];

fn attempt(letter: char) -> String {
    letter.to_string().repeat(22)
}

async fn each_refresh_gives_the_next_token_and_the_account_as_it_is_now(app: TestApp) {
    let mut ada = app.registered("ada").await;
    let first = ada.refresh.clone();
    app.clock.advance(200);
    let answer = ada.refreshed().await;
    assert_ne!(ada.refresh, first);
    assert_eq!(answer.body["session"]["id"], ada.session.as_str());
    assert_eq!(answer.body["user"]["username"], "ada");
    let mut user = app.store().user_by_login("ada").await.unwrap().unwrap().user().unwrap();
    user.roles.push("editor".to_owned());
    app.store().update_user(&user).await.unwrap();
    let answer = ada.refreshed().await;
    assert_eq!(answer.body["user"]["roles"], json!(["user", "editor"]));
}

async fn a_reused_refresh_token_ends_the_session(app: TestApp) {
    let mut ada = app.registered("ada").await;
    let stolen = ada.refresh.clone();
    ada.refreshed().await;
    app.clock.advance(11);
    ada.present(&stolen, json!({})).await.refused(401, "session_reused");
    ada.present(&ada.refresh, json!({})).await.refused(401, "session_reused");
    ada.get("/api/me").await.refused(401, "session_ended");
    let events = app.events().await;
    let reused: Vec<_> = events.iter().filter(|event| event.kind == "refresh_reused").collect();
    assert_eq!(reused.len(), 1);
    assert_eq!(reused[0].session_id.as_deref(), Some(&*ada.session));
}

async fn the_token_before_is_honoured_for_ten_seconds_however_often_it_is_used(app: TestApp) {
    let mut ada = app.registered("ada").await;
    let before = ada.refresh.clone();
    ada.refreshed().await;
    for _ in 0..10 {
        let answer = ada.present(&before, json!({})).await.with_status(200);
        assert_eq!(answer.body["refresh_token"], ada.refresh.as_str());
        app.clock.advance(1);
    }
    app.clock.advance(1);
    ada.present(&before, json!({})).await.refused(401, "session_reused");
}

async fn only_the_token_before_is_honoured_within_the_grace(app: TestApp) {
    let mut ada = app.registered("ada").await;
    let first = ada.refresh.clone();
    ada.refreshed().await;
    ada.refreshed().await;
    ada.present(&first, json!({})).await.refused(401, "session_reused");
    ada.present(&ada.refresh, json!({})).await.refused(401, "session_reused");
}

/// What is ordered by seconds cannot tell these apart.
async fn two_rotations_within_a_second_revive_nothing(app: TestApp) {
    app.registered("ada").await;
    for older in [0, 1] {
        let mut ada = app.signed_in("ada").await;
        let mut tokens = Vec::new();
        for _ in 0..2 {
            tokens.push(ada.refresh.clone());
            ada.refreshed().await;
        }
        app.clock.advance(11);
        ada.present(&tokens[older], json!({})).await.refused(401, "session_reused");
        ada.present(&ada.refresh, json!({})).await.refused(401, "session_reused");
    }
}

async fn with_an_attempt_a_lost_answer_can_be_asked_for_a_day_later(app: TestApp) {
    let ada = app.registered("ada").await;
    let with = json!({"attempt": attempt('a')});
    let lost = ada.present(&ada.refresh, with.clone()).await.with_status(200);
    for _ in 0..3 {
        app.clock.advance(86_400);
        let again = ada.present(&ada.refresh, with.clone()).await.with_status(200);
        assert_eq!(again.body["refresh_token"], lost.body["refresh_token"]);
    }
    // A thief who copied the token before the attempt was made has no such luck.
    ada.present(&ada.refresh, json!({"attempt": attempt('t')}))
        .await
        .refused(401, "session_reused");
}

async fn the_attempt_of_the_last_saved_answer_serves_after_a_crash(app: TestApp) {
    let ada = app.registered("ada").await;
    let saved = ada.present(&ada.refresh, json!({"attempt": attempt('a')})).await.with_status(200);
    app.clock.advance(3_600);
    let restored = json!({"attempt": attempt('b'), "previous": attempt('a')});
    let answer = ada.present(&ada.refresh, restored).await.with_status(200);
    assert_eq!(answer.body["refresh_token"], saved.body["refresh_token"]);
}

async fn an_attempt_serves_once(app: TestApp) {
    let ada = app.registered("ada").await;
    let first = ada.present(&ada.refresh, json!({"attempt": attempt('a')})).await.with_status(200);
    let second = first.body["refresh_token"].as_str().unwrap();
    // The cookie of the answer was kept and its body lost.
    let late = ada.present(second, json!({"attempt": attempt('a')})).await;
    late.refused(409, "superseded");
    let third = ada.present(second, json!({"attempt": attempt('b')})).await.with_status(200);
    // A request that was delayed on its way arrives now; the session goes on.
    ada.present(&ada.refresh, json!({"attempt": attempt('a')})).await.refused(409, "superseded");
    let third = third.body["refresh_token"].as_str().unwrap();
    ada.present(third, json!({"attempt": attempt('c')})).await.with_status(200);
}

async fn three_races_running_end_the_session(app: TestApp) {
    let mut ada = app.registered("ada").await;
    for (round, (owner, other)) in [('a', 'x'), ('b', 'y'), ('c', 'z')].into_iter().enumerate() {
        let answer =
            ada.present(&ada.refresh, json!({"attempt": attempt(owner)})).await.with_status(200);
        let raced = ada.present(&ada.refresh, json!({"attempt": attempt(other)})).await;
        if round < 2 {
            raced.with_status(200);
        } else {
            raced.refused(401, "session_reused");
        }
        ada.refresh = answer.body["refresh_token"].as_str().unwrap().to_owned();
    }
    ada.present(&ada.refresh, json!({"attempt": attempt('d')}))
        .await
        .refused(401, "session_reused");
}

async fn a_restart_revives_nothing(app: TestApp) {
    let (session, stolen, current, access) = {
        let mut ada = app.registered("ada").await;
        let stolen = ada.refresh.clone();
        ada.refreshed().await;
        (ada.session.clone(), stolen, ada.refresh.clone(), ada.access.clone())
    };
    let app = app.restarted().await;
    app.clock.advance(11);
    let present =
        async |token: &str| app.post("/api/auth/refresh", &json!({"refresh_token": token})).await;
    present(&stolen).await.refused(401, "session_reused");
    let app = app.restarted().await;
    app.post("/api/auth/refresh", &json!({"refresh_token": current}))
        .await
        .refused(401, "session_reused");
    let me = app.request(reqwest::Method::GET, "/api/me").bearer_auth(access).send().await.unwrap();
    crate::support::Answer::read(me).await.refused(401, "session_ended");
    assert!(app.store().session_row(&session).await.unwrap().unwrap().ended_at.is_some());
}

async fn a_session_rests_thirty_days_and_lives_ninety(app: TestApp) {
    let mut ada = app.registered("ada").await;
    for _ in 0..3 {
        app.clock.advance(30 * 86_400 - 100);
        ada.refreshed().await;
    }
    app.clock.advance(200);
    let answer = ada.refreshed().await;
    // The last tokens end with the session.
    assert_eq!(answer.body["refresh_expires_in"], 100);
    assert_eq!(answer.body["expires_in"], 100);
    app.clock.advance(100);
    ada.present(&ada.refresh, json!({})).await.refused(401, "session_expired");

    let grace = app.registered("grace").await;
    app.clock.advance(30 * 86_400);
    grace.present(&grace.refresh, json!({})).await.refused(401, "session_expired");
}

async fn junk_is_refused_without_a_word_more(app: TestApp) {
    let ada = app.registered("ada").await;
    let mut changed = ada.refresh.clone();
    let last = if changed.ends_with('A') { 'B' } else { 'A' };
    changed.pop();
    changed.push(last);
    for token in ["", "crt_", "junk", &changed, &ada.refresh[..40], &ada.access, "crt_\u{0}"] {
        ada.present(token, json!({})).await.refused(401, "invalid_refresh_token");
    }
    app.post("/api/auth/refresh", &json!({})).await.refused(401, "missing_refresh_token");
    ada.present(&"x".repeat(MAX_TOKEN_LENGTH + 1), json!({})).await.refused(422, "invalid_fields");
    ada.present(&ada.refresh, json!({})).await.with_status(200);
}

/// A fail-over to a copy that had not yet heard of the last rotation.
async fn a_token_ahead_of_the_database_is_accepted_once_it_lost_a_write(app: TestApp) {
    let mut ada = app.registered("ada").await;
    ada.refreshed().await;
    ada.refreshed().await;
    forget_generations(&app, 1).await;
    app.clock.advance(60);
    ada.refreshed().await;
    ada.refreshed().await;
    let events = app.events().await;
    assert_eq!(events.iter().filter(|event| event.kind == "refresh_behind").count(), 1);
    forget_generations(&app, 2).await;
    ada.present(&ada.refresh, json!({})).await.refused(401, "invalid_refresh_token");
}

pub(crate) async fn forget_generations(app: &TestApp, count: i64) {
    match app.sqlite_file() {
        Some(file) => {
            let url = format!("sqlite://{}", file.display());
            let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
            let sql = "UPDATE sessions SET generation = generation - $1";
            sqlx::query(sql).bind(count).execute(&pool).await.unwrap();
        }
        None => {
            let pool = sqlx::PgPool::connect(app.database()).await.unwrap();
            let sql = "UPDATE sessions SET generation = generation - $1";
            sqlx::query(sql).bind(count).execute(&pool).await.unwrap();
        }
    }
}

async fn a_refresh_token_is_no_access_token_and_the_other_way_round(app: TestApp) {
    let mut ada = app.registered("ada").await;
    ada.present(&ada.access, json!({})).await.refused(401, "invalid_refresh_token");
    ada.access = ada.refresh.clone();
    ada.get("/api/me").await.refused(401, "invalid_token");
}

async fn naming_another_session_rotates_nothing(app: TestApp) {
    let ada = app.registered("ada").await;
    let other = app.registered("grace").await.session;
    ada.present(&ada.refresh, json!({"session": other})).await.refused(409, "session_changed");
    let answer = ada.present(&ada.refresh, json!({"session": ada.session})).await.with_status(200);
    assert_ne!(answer.body["refresh_token"], ada.refresh.as_str());
}
