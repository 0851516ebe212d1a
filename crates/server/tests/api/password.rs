use serde_json::{Value, json};

use crate::support::{PASSWORD, TestApp, on_both};

on_both![
    a_changed_password_ends_the_other_sessions_and_keeps_this_one,
    the_session_rotates_when_its_refresh_token_comes_along,
    an_attempt_that_was_answered_before_changes_nothing,
    an_old_copy_of_the_session_changes_nothing,
    a_wrong_current_password_changes_nothing,
    an_easy_or_short_new_password_is_refused_at_its_field,
    the_cookie_rotates_along,
];

const NEW: &str = "a different kettle now";

fn change(more: Value) -> Value {
    let mut body = json!({"current_password": PASSWORD, "new_password": NEW});
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    body
}

async fn a_changed_password_ends_the_other_sessions_and_keeps_this_one(app: TestApp) {
    let ada = app.registered("ada").await;
    let other = app.signed_in("ada").await;
    let answer = ada.post("/api/me/password", &change(json!({}))).await.with_status(200);
    assert!(answer.body["refresh_token"].is_null());
    assert_eq!(answer.body["session"]["id"], ada.session.as_str());
    other.get("/api/me").await.refused(401, "session_ended");
    other.present(&other.refresh, json!({})).await.refused(401, "password_changed");
    ada.get("/api/me").await.with_status(200);
    ada.present(&ada.refresh, json!({})).await.with_status(200);
    let old = json!({"login": "ada", "password": PASSWORD});
    app.post("/api/auth/login", &old).await.refused(401, "invalid_credentials");
    let new = json!({"login": "ada", "password": NEW});
    app.post("/api/auth/login", &new).await.with_status(200);
}

async fn the_session_rotates_when_its_refresh_token_comes_along(app: TestApp) {
    let ada = app.registered("ada").await;
    let more = json!({"refresh_token": ada.refresh, "attempt": "a".repeat(22)});
    let answer = ada.post("/api/me/password", &change(more)).await.with_status(200);
    let next = answer.body["refresh_token"].as_str().unwrap();
    assert_ne!(next, ada.refresh);
    app.clock.advance(11);
    ada.present(next, json!({"attempt": "b".repeat(22)})).await.with_status(200);
}

async fn an_attempt_that_was_answered_before_changes_nothing(app: TestApp) {
    let mut ada = app.registered("ada").await;
    let attempt = "a".repeat(22);
    let token = ada.refresh.clone();
    let answer = ada.present(&token, json!({"attempt": attempt})).await.with_status(200);
    ada.refresh = answer.body["refresh_token"].as_str().unwrap().to_owned();
    // The tokens of that answer were kept, and that it was answered was not.
    let more = json!({"refresh_token": ada.refresh, "attempt": attempt});
    ada.post("/api/me/password", &change(more)).await.refused(409, "superseded");
    // The client asks again, with another attempt and the same current password.
    let more = json!({"refresh_token": ada.refresh, "attempt": "b".repeat(22)});
    ada.post("/api/me/password", &change(more)).await.with_status(200);
}

async fn an_old_copy_of_the_session_changes_nothing(app: TestApp) {
    let mut ada = app.registered("ada").await;
    let old = ada.refresh.clone();
    ada.refreshed().await;
    ada.refreshed().await;
    let more = json!({"refresh_token": old});
    ada.post("/api/me/password", &change(more)).await.refused(401, "session_reused");
    ada.present(&ada.refresh, json!({})).await.refused(401, "session_reused");
    app.signed_in("ada").await;
}

async fn a_wrong_current_password_changes_nothing(app: TestApp) {
    let ada = app.registered("ada").await;
    let other = app.signed_in("ada").await;
    let body = change(json!({"current_password": "not the kettle at all"}));
    let answer = ada.post("/api/me/password", &body).await.refused(422, "invalid_fields");
    assert_eq!(answer.field_errors(), [("current_password", "wrong")]);
    other.get("/api/me").await.with_status(200);
    app.signed_in("ada").await;
}

async fn an_easy_or_short_new_password_is_refused_at_its_field(app: TestApp) {
    let ada = app.registered("ada").await;
    for (password, code) in
        [("short", "too_short"), ("passwordpassword", "too_easy"), (PASSWORD, "too_easy")]
    {
        let body = change(json!({"new_password": password}));
        let answer = ada.post("/api/me/password", &body).await.refused(422, "invalid_fields");
        assert_eq!(answer.field_errors(), [("new_password", code)], "{password}");
    }
    app.signed_in("ada").await;
}

async fn the_cookie_rotates_along(app: TestApp) {
    app.registered("ada").await;
    let body = json!({"login": "ada", "password": PASSWORD, "delivery": "cookie"});
    let login = app.post_from_page("/api/auth/login", "", &body).await.with_status(200);
    let cookie = login.cookies()[0].split(';').next().unwrap().to_owned();
    let request = app
        .request(reqwest::Method::POST, "/api/me/password")
        .bearer_auth(login.body["access_token"].as_str().unwrap())
        .header("cookie", &cookie)
        .json(&change(json!({})));
    let elsewhere = request.try_clone().unwrap().send().await.unwrap();
    crate::support::Answer::read(elsewhere).await.refused(403, "cross_site");
    let answer = request.header("origin", &app.url).send().await.unwrap();
    let answer = crate::support::Answer::read(answer).await.with_status(200);
    let next = answer.cookies()[0].split(';').next().unwrap().to_owned();
    assert_ne!(next, cookie);
    app.post_from_page("/api/auth/refresh", &next, &json!({})).await.with_status(200);
}
