use serde_json::json;

use crate::support::{ISSUER, TestApp, on_both};

on_both![
    the_session_says_what_the_token_says,
    verify_says_what_a_protected_route_would,
    an_access_token_is_valid_for_five_minutes_to_the_second,
    an_access_token_has_exactly_these_claims,
];

async fn the_session_says_what_the_token_says(app: TestApp) {
    let ada = app.registered("ada").await;
    app.clock.advance(100);
    let answer = ada.get("/api/auth/session").await.with_status(200);
    assert_eq!(answer.body["session"], ada.session.as_str());
    assert_eq!(answer.body["expires_in"], 200);
    assert_eq!(answer.body["user"]["username"], "ada");
    assert_eq!(answer.body["user"]["roles"], json!(["user"]));
}

async fn verify_says_what_a_protected_route_would(app: TestApp) {
    let ada = app.registered("ada").await;
    let answer = ada.post("/api/auth/verify", &json!({})).await.with_status(200);
    assert_eq!(answer.body["active"], true);
    app.post("/api/auth/verify", &json!({})).await.refused(401, "missing_token");
    app.clock.advance(300);
    ada.post("/api/auth/verify", &json!({})).await.refused(401, "invalid_token");
}

async fn an_access_token_is_valid_for_five_minutes_to_the_second(app: TestApp) {
    let ada = app.registered("ada").await;
    app.clock.advance(299);
    ada.get("/api/me").await.with_status(200);
    app.clock.advance(1);
    let answer = ada.get("/api/me").await.refused(401, "invalid_token");
    assert_eq!(
        answer.header("www-authenticate"),
        r#"Bearer realm="carnet", error="invalid_token""#
    );
}

async fn an_access_token_has_exactly_these_claims(app: TestApp) {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let ada = app.registered("ada").await;
    let part = |index: usize| -> serde_json::Value {
        let part = ada.access.split('.').nth(index).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let (header, claims) = (part(0), part(1));
    let names = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(names(&header), ["alg", "kid", "typ"]);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("ES256")));
    let for_simplejwt = ["token_type", "user_id"];
    let mut expected = carnet_shared::REGISTERED_CLAIMS.map(str::to_owned).to_vec();
    expected.retain(|name| !for_simplejwt.contains(&name.as_str()));
    expected.sort();
    assert_eq!(names(&claims), expected);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
    assert_eq!(claims["aud"], claims["iss"]);
    assert_eq!(claims["iss"], ISSUER);
}

#[tokio::test]
async fn attributes_go_into_the_claims_that_the_settings_name() {
    let app = TestApp::on_sqlite(&["claims.plan=attributes.billing.plan"]).await;
    let mut ada = app.registered("ada").await;
    let mut user = app.store().user_by_login("ada").await.unwrap().unwrap().user().unwrap();
    user.attributes.insert("billing".to_owned(), json!({"plan": "gold"}));
    app.store().update_user(&user).await.unwrap();
    ada.refreshed().await;
    let payload = ada.access.split('.').nth(1).unwrap();
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let claims: serde_json::Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert_eq!(claims["plan"], "gold");
    ada.get("/api/me").await.with_status(200);
}
