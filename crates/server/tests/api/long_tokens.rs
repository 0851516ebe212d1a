//! An account with so many roles, attributes or claims that its access tokens grow too long.

use carnet_shared::MAX_TOKEN_LENGTH;
use reqwest::Method;
use serde_json::{Map, json};

use crate::support::{Answer, PASSWORD, TestApp, on_both};

on_both![
    a_token_is_issued_only_if_it_is_accepted_however_many_roles_there_are,
    an_account_that_has_grown_too_large_keeps_its_sessions_until_it_is_smaller_again,
];

async fn give_roles(app: &TestApp, username: &str, count: usize) {
    let mut user = app.store().user_by_login(username).await.unwrap().unwrap().user().unwrap();
    user.roles = (0..count).map(|role| format!("{role:x>60}")).collect();
    app.store().update_user(&user).await.unwrap();
}

/// Asks until the server has heard of the last change of the account.
async fn accepted(app: &TestApp, path: &str, access: &str) -> Answer {
    loop {
        let answer = app.get_with(path, access).await;
        if answer.body["code"] != "token_outdated" {
            return answer.with_status(200);
        }
        tokio::task::yield_now().await;
    }
}

async fn a_token_is_issued_only_if_it_is_accepted_however_many_roles_there_are(app: TestApp) {
    app.registered("ada").await;
    let body = json!({"login": "ada", "password": PASSWORD});
    let (mut issued, mut longest) = (0, 0);
    for count in (0..=60).step_by(20).chain(61..70).chain([100, 160]) {
        give_roles(&app, "ada", count).await;
        let answer = app.post("/api/auth/login", &body).await;
        if answer.status == 200 {
            let access = answer.body["access_token"].as_str().unwrap();
            accepted(&app, "/api/me", access).await;
            (issued, longest) = (issued + 1, access.len().max(longest));
        } else {
            answer.refused(403, "token_too_large");
        }
    }
    assert!(issued > 4 && longest > MAX_TOKEN_LENGTH - 200, "{issued}, {longest}");
    app.post("/api/auth/login", &body).await.refused(403, "token_too_large");
}

async fn an_account_that_has_grown_too_large_keeps_its_sessions_until_it_is_smaller_again(
    app: TestApp,
) {
    let mut ada = app.registered("ada").await;
    give_roles(&app, "ada", 160).await;
    let body = json!({"login": "ada", "password": PASSWORD});
    // More often than an account may have sessions.
    for _ in 0..25 {
        app.post("/api/auth/login", &body).await.refused(403, "token_too_large");
    }
    let attempt = json!({"attempt": "AAAAAAAAAAAAAAAAAAAAAA"});
    for _ in 0..2 {
        ada.present(&ada.refresh, attempt.clone()).await.refused(403, "token_too_large");
        app.clock.advance(60);
    }
    give_roles(&app, "ada", 2).await;
    let answer = ada.present(&ada.refresh, attempt).await.with_status(200);
    ada.access = answer.body["access_token"].as_str().unwrap().to_owned();
    let sessions = accepted(&app, "/api/me/sessions", &ada.access).await;
    let sessions = sessions.body["sessions"].as_array().unwrap();
    let living: Vec<_> = sessions.iter().filter(|session| session["ended_at"].is_null()).collect();
    assert_eq!(living.len(), 1, "{living:?}");
}

#[tokio::test]
async fn a_program_whose_claims_are_too_long_is_refused_its_sign_ins_and_nothing_else() {
    let app = TestApp::with_claims(&[], |user| {
        let length = if user.name == "Ada" { MAX_TOKEN_LENGTH } else { 10 };
        Map::from_iter([("essay".to_owned(), json!("x".repeat(length)))])
    })
    .await;
    let ada = app.registered("ada").await;
    let name = json!({"name": "Ada"});
    ada.send(Method::PATCH, "/api/me", Some(&name)).await.with_status(200);
    let body = json!({"login": "ada", "password": PASSWORD});
    app.post("/api/auth/login", &body).await.refused(403, "token_too_large");
    let body = json!({"username": "ada", "password": PASSWORD});
    let answer = app.post("/api/token/", &body).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (403, &json!("token_too_large")));
    app.registered("grace").await.get("/api/me").await.with_status(200);
}
