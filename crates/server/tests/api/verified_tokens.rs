//! A token that was verified before is answered exactly as one that was not.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_shared::User;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, TestApp, on_both};

on_both![
    a_token_is_verified_once_and_each_its_own,
    a_token_that_was_used_expires_to_the_second,
    a_token_that_was_used_is_not_yet_valid_when_the_clock_is_set_back,
    a_token_that_was_used_ends_with_its_session,
    a_token_that_was_used_ends_with_a_password_change_elsewhere,
    a_token_that_was_used_ends_with_its_account,
    a_token_that_was_used_is_outdated_when_the_account_says_otherwise,
    a_token_that_was_used_is_refused_at_once_when_its_key_is_revoked,
    a_token_that_was_used_is_refused_when_another_server_revoked_its_key,
    what_another_service_may_use_is_still_refused_here,
];

/// Somebody whose token this server knows well.
async fn known(app: &TestApp) -> Person<'_> {
    let ada = app.registered("ada").await;
    for _ in 0..3 {
        ada.get("/api/auth/session").await.with_status(200);
    }
    ada
}

/// What a change by another process makes of the token within a second.
async fn becomes(ada: &Person<'_>, code: &str) {
    assert!(ada.app.soon_refuses(&ada.access).await);
    ada.get("/api/auth/session").await.refused(401, code);
}

async fn user(app: &TestApp) -> User {
    app.store().user_by_login("ada").await.unwrap().unwrap().user().unwrap()
}

fn kid_of(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

async fn a_token_is_verified_once_and_each_its_own(app: TestApp) {
    let (ada, grace) = (app.registered("ada").await, app.registered("grace").await);
    let one = app.app().verify(&ada.access).await.unwrap();
    let again = app.app().verify(&ada.access).await.unwrap();
    assert!(std::ptr::eq(&*one, &*again), "the pipeline made the claims twice");
    assert_eq!(app.app().verify(&grace.access).await.unwrap().username, "grace");
    let (message, signature) = ada.access.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{message}.{other}{}", &signature[1..]);
    app.get_with("/api/me", &forged).await.refused(401, "invalid_token");
}

async fn a_token_that_was_used_expires_to_the_second(app: TestApp) {
    let ada = known(&app).await;
    app.clock.advance(299);
    ada.get("/api/auth/session").await.with_status(200);
    app.clock.advance(1);
    ada.get("/api/auth/session").await.refused(401, "invalid_token");
}

async fn a_token_that_was_used_is_not_yet_valid_when_the_clock_is_set_back(app: TestApp) {
    let ada = known(&app).await;
    app.clock.advance(-6);
    ada.get("/api/auth/session").await.refused(401, "invalid_token");
    app.clock.advance(1);
    ada.get("/api/auth/session").await.with_status(200);
}

async fn a_token_that_was_used_ends_with_its_session(app: TestApp) {
    let ada = known(&app).await;
    ada.post("/api/auth/logout", &json!({})).await.with_status(204);
    ada.get("/api/auth/session").await.refused(401, "session_ended");
}

async fn a_token_that_was_used_ends_with_a_password_change_elsewhere(app: TestApp) {
    let ada = known(&app).await;
    let elsewhere = app.signed_in("ada").await;
    let change = json!({"current_password": PASSWORD, "new_password": "a different kettle now"});
    elsewhere.post("/api/me/password", &change).await.with_status(200);
    ada.get("/api/auth/session").await.refused(401, "session_ended");
}

async fn a_token_that_was_used_ends_with_its_account(app: TestApp) {
    let ada = known(&app).await;
    let id = user(&app).await.id;
    app.store().disable_user(&id, app.now()).await.unwrap();
    becomes(&ada, "session_ended").await;
}

async fn a_token_that_was_used_is_outdated_when_the_account_says_otherwise(app: TestApp) {
    let ada = known(&app).await;
    let mut account = user(&app).await;
    account.roles.push("admin".to_owned());
    app.store().update_user(&account).await.unwrap();
    becomes(&ada, "token_outdated").await;
    account.roles.pop();
    app.store().update_user(&account).await.unwrap();
    for _ in 0..100 {
        if ada.get("/api/auth/session").await.status == 200 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("it says again what the account is, and is refused");
}

async fn a_token_that_was_used_is_refused_at_once_when_its_key_is_revoked(app: TestApp) {
    let ada = known(&app).await;
    app.app().revoke_key(&kid_of(&ada.access)).await.unwrap();
    ada.get("/api/auth/session").await.refused(401, "invalid_token");
}

async fn a_token_that_was_used_is_refused_when_another_server_revoked_its_key(app: TestApp) {
    let ada = known(&app).await;
    let other = app.sibling().await;
    other.app().revoke_key(&kid_of(&ada.access)).await.unwrap();
    becomes(&ada, "invalid_token").await;
}

async fn what_another_service_may_use_is_still_refused_here(app: TestApp) {
    let more = [
        "tokens.resources=https://shop.test",
        "tokens.introspection_secret=0123456789012345678901234567890123",
    ];
    let app = app.sibling_with(&more).await;
    app.registered("ada").await;
    let body = json!({"login": "ada", "password": PASSWORD, "resource": "https://shop.test"});
    let answer = app.post("/api/auth/login", &body).await.with_status(200);
    let token = answer.body["access_token"].as_str().unwrap();
    for _ in 0..2 {
        let asked = [("token", token), ("client_secret", "0123456789012345678901234567890123")];
        let answer = app.post_form("/api/auth/introspect", &asked).await.with_status(200);
        assert_eq!(answer.body["active"], true);
        let request = app.request(Method::GET, "/api/auth/session").bearer_auth(token);
        assert_eq!(request.send().await.unwrap().status(), 401);
    }
}
