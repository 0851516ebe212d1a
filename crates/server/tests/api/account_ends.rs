//! An account that was disabled, deleted or demoted, met on every way that asks who somebody is.

use carnet_shared::User;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Person, TestApp, on_both};

on_both![
    a_disabled_account_is_refused_everywhere_and_its_sessions_stay_dead_when_it_is_enabled,
    a_deleted_account_is_refused_everywhere,
    a_demoted_account_keeps_its_sessions_and_no_token_that_says_otherwise,
    an_account_whose_password_an_operator_changed_is_refused_everywhere,
];

/// Waits until what was done to the account, by another process as it were, is known.
async fn becomes(ada: &Person<'_>, code: &str) {
    for _ in 0..100 {
        if ada.get("/api/auth/session").await.body["code"] == code {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("after a second it is still not {code}");
}

/// Every way in that an access token opens.
async fn with_the_access_token(ada: &Person<'_>) -> Vec<Answer> {
    let change = json!({"current_password": PASSWORD, "new_password": "a different kettle now"});
    let name = json!({"name": "Ada"});
    let session = format!("/api/me/sessions/{}", ada.session);
    vec![
        ada.get("/api/me").await,
        ada.send(Method::PATCH, "/api/me", Some(&name)).await,
        ada.get("/api/auth/session").await,
        ada.post("/api/auth/verify", &json!({})).await,
        ada.post("/api/me/password", &change).await,
        ada.get("/api/me/sessions").await,
        ada.send(Method::DELETE, "/api/me/sessions", None).await,
        ada.send(Method::DELETE, &session, None).await,
    ]
}

async fn user(app: &TestApp) -> User {
    app.store().user_by_login("ada").await.unwrap().unwrap().user().unwrap()
}

async fn sign_in(app: &TestApp) -> Answer {
    app.post("/api/auth/login", &json!({"login": "ada", "password": PASSWORD})).await
}

async fn refused_everywhere(ada: &Person<'_>, access: &str, refresh: &str) {
    becomes(ada, access).await;
    for answer in with_the_access_token(ada).await {
        answer.refused(401, access);
    }
    for more in [json!({}), json!({"attempt": "a".repeat(22)})] {
        ada.present(&ada.refresh, more).await.refused(401, refresh);
    }
}

async fn a_disabled_account_is_refused_everywhere_and_its_sessions_stay_dead_when_it_is_enabled(
    app: TestApp,
) {
    let ada = app.registered("ada").await;
    let id = user(&app).await.id;
    app.store().disable_user(&id, app.now()).await.unwrap();
    refused_everywhere(&ada, "session_ended", "account_disabled").await;
    sign_in(&app).await.refused(401, "invalid_credentials");
    app.store().enable_user(&id).await.unwrap();
    ada.get("/api/me").await.refused(401, "session_ended");
    ada.present(&ada.refresh, json!({})).await.refused(401, "account_disabled");
    sign_in(&app).await.with_status(200);
}

async fn a_deleted_account_is_refused_everywhere(app: TestApp) {
    let ada = app.registered("ada").await;
    app.store().delete_user(&user(&app).await.id, app.now()).await.unwrap();
    refused_everywhere(&ada, "session_ended", "invalid_refresh_token").await;
    sign_in(&app).await.refused(401, "invalid_credentials");
}

async fn a_demoted_account_keeps_its_sessions_and_no_token_that_says_otherwise(app: TestApp) {
    app.registered("ada").await;
    let mut account = user(&app).await;
    account.roles.push("editor".to_owned());
    app.store().update_user(&account).await.unwrap();
    let mut ada = app.signed_in("ada").await;
    account.roles.retain(|role| role != "editor");
    app.store().update_user(&account).await.unwrap();
    becomes(&ada, "token_outdated").await;
    for answer in with_the_access_token(&ada).await {
        answer.refused(401, "token_outdated");
    }
    let answer = ada.refreshed().await;
    assert_eq!(answer.body["user"]["roles"], json!(["user"]));
    ada.get("/api/me").await.with_status(200);
    assert_eq!(sign_in(&app).await.body["user"]["roles"], Value::from(vec!["user"]));
}

async fn an_account_whose_password_an_operator_changed_is_refused_everywhere(app: TestApp) {
    use carnet_server::store::{PasswordChange, PasswordChanged};
    let ada = app.registered("ada").await;
    let old = app.store().credentials("ada").await.unwrap().unwrap();
    let other = json!({
        "email": "grace@example.org", "username": "grace", "password": "a different kettle now",
    });
    app.post("/api/auth/register", &other).await.with_status(201);
    let hash = app.store().credentials("grace").await.unwrap().unwrap().password_hash;
    let change = PasswordChange { old: &old, hash: &hash, session: None, now: app.now() };
    let changed = app.store().change_password(&change).await.unwrap();
    assert!(matches!(changed, PasswordChanged::Changed(ended) if ended == [ada.session.clone()]));
    refused_everywhere(&ada, "session_ended", "password_changed").await;
    sign_in(&app).await.refused(401, "invalid_credentials");
}
