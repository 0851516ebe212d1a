//! What a deployment puts into its access tokens besides Carnet's own claims.

use serde_json::{Map, Value, json};

use crate::support::{Person, TestApp};

fn claims_of(ada: &Person<'_>) -> Value {
    let payload = ada.access.split('.').nth(1).unwrap();
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    serde_json::from_slice(&base64::Engine::decode(&engine, payload).unwrap()).unwrap()
}

#[tokio::test]
async fn an_attribute_goes_into_tokens_and_a_change_of_it_outdates_them() {
    let app = TestApp::on_sqlite(&["claims.plan=attributes.billing.plan"]).await;
    let mut ada = app.registered("ada").await;
    assert_eq!(claims_of(&ada).get("plan"), None);
    let mut user = app.store().user_by_login("ada").await.unwrap().unwrap().user().unwrap();
    user.attributes = Map::from_iter([("billing".to_owned(), json!({"plan": "gold"}))]);
    app.store().update_user(&user).await.unwrap();
    becomes_outdated(&ada).await;
    ada.refreshed().await;
    assert_eq!(claims_of(&ada)["plan"], "gold");
    ada.get("/api/me").await.with_status(200);
    // What is in no claim outdates nothing.
    user.attributes.insert("note".to_owned(), json!("likes tea"));
    app.store().update_user(&user).await.unwrap();
    // What is seen after it tells that it was seen.
    let grace = app.registered("grace").await;
    let mut other = app.store().user_by_login("grace").await.unwrap().unwrap().user().unwrap();
    other.roles.clear();
    app.store().update_user(&other).await.unwrap();
    becomes_outdated(&grace).await;
    ada.get("/api/me").await.with_status(200);
}

#[tokio::test]
async fn a_program_s_own_claims_are_computed_anew_at_each_refresh() {
    let app = TestApp::with_claims(&["claims.plan=attributes.plan"], |user| {
        Map::from_iter([
            ("initial".to_owned(), json!(user.name.chars().next())),
            ("plan".to_owned(), json!("by code")),
            // Not for a program to say.
            ("sub".to_owned(), json!("root")),
            ("roles".to_owned(), json!(["admin"])),
        ])
    })
    .await;
    let mut ada = app.registered("ada").await;
    let claims = claims_of(&ada);
    assert_eq!((&claims["initial"], &claims["plan"]), (&Value::Null, &json!("by code")));
    assert_eq!(claims["roles"], json!(["user"]));
    assert_ne!(claims["sub"], "root");
    ada.send(reqwest::Method::PATCH, "/api/me", Some(&json!({"name": "Ada"})))
        .await
        .with_status(200);
    becomes_outdated(&ada).await;
    ada.refreshed().await;
    assert_eq!(claims_of(&ada)["initial"], "A");
    ada.get("/api/me").await.with_status(200);
}

#[tokio::test]
async fn a_resource_that_the_settings_name_is_the_only_audience() {
    let app = TestApp::on_sqlite(&["tokens.resources=https://shop.test"]).await;
    let mut ada = app.registered("ada").await;
    let body = json!({"resource": "https://shop.test"});
    let answer = ada.present(&ada.refresh, body).await.with_status(200);
    ada.access = answer.body["access_token"].as_str().unwrap().to_owned();
    ada.refresh = answer.body["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(claims_of(&ada)["aud"], "https://shop.test");
    // A service that was shown it cannot use it here.
    ada.get("/api/me").await.refused(401, "invalid_token");
    let other = json!({"resource": "https://other.test"});
    let answer = ada.present(&ada.refresh, other).await.refused(422, "invalid_fields");
    assert_eq!(answer.field_errors(), [("resource", "not_allowed")]);
    ada.refreshed().await;
    ada.get("/api/me").await.with_status(200);
}

/// Within a second, by the wall clock.
async fn becomes_outdated(ada: &Person<'_>) {
    for _ in 0..100 {
        if ada.get("/api/me").await.body["code"] == "token_outdated" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the token is still good after a second");
}
