use serde_json::json;

use crate::support::{PASSWORD, TestApp};

const ON: &[&str] = &["limits.enabled=true"];

#[tokio::test]
async fn the_sixth_wrong_password_waits_and_the_right_one_with_it() {
    let app = TestApp::on_sqlite(ON).await;
    app.registered("ada").await;
    let wrong = json!({"login": "ada", "password": "not the kettle at all"});
    for _ in 0..5 {
        app.post("/api/auth/login", &wrong).await.refused(401, "invalid_credentials");
    }
    let right = json!({"login": "ADA", "password": PASSWORD});
    let answer = app.post("/api/auth/login", &right).await.refused(429, "too_many_requests");
    assert_eq!(answer.header("retry-after"), "60");
    app.clock.advance(60);
    app.post("/api/auth/login", &right).await.with_status(200);
}

#[tokio::test]
async fn two_hundred_wrong_passwords_at_once_are_five() {
    let app = TestApp::on_sqlite(&["limits.enabled=true"]).await;
    app.registered("ada").await;
    let wrong = json!({"login": "ada", "password": "not the kettle at all"});
    let all = (0..200).map(|_| app.post("/api/auth/login", &wrong));
    let answers = futures::future::join_all(all).await;
    let looked_at = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(looked_at, 5);
    assert!(answers.iter().all(|answer| answer.status == 401 || answer.status == 429));
}

#[tokio::test]
async fn thirty_logins_a_minute_from_one_address_are_borne() {
    let app = TestApp::on_sqlite(ON).await;
    app.registered("ada").await;
    for _ in 0..30 {
        app.signed_in("ada").await;
    }
    let body = json!({"login": "grace", "password": PASSWORD});
    app.post("/api/auth/login", &body).await.refused(429, "too_many_requests");
}

#[tokio::test]
async fn registering_and_refreshing_are_limited_too() {
    let app = TestApp::on_sqlite(ON).await;
    let ada = app.registered("ada").await;
    let taken = json!({"email": "ada@example.org", "username": "ada", "password": PASSWORD});
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(app.post("/api/auth/register", &taken).await.status.as_u16());
    }
    assert_eq!(statuses, [409, 409, 409, 409, 429, 429]);
    let mut last = 200;
    for _ in 0..61 {
        let body = json!({"refresh_token": ada.refresh});
        last = app.post("/api/auth/refresh", &body).await.status.as_u16();
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn changing_the_password_is_limited_like_signing_in() {
    let app = TestApp::on_sqlite(ON).await;
    let ada = app.registered("ada").await;
    let body = json!({"current_password": "not the kettle at all", "new_password": "a different kettle now"});
    for _ in 0..5 {
        ada.post("/api/me/password", &body).await.refused(422, "invalid_fields");
    }
    ada.post("/api/me/password", &body).await.refused(429, "too_many_requests");
}
