use serde_json::json;

use crate::support::{ISSUER, TestApp};

#[tokio::test]
async fn services_find_the_keys_and_what_they_may_ask() {
    let app = TestApp::on_sqlite(&[]).await;
    let answer = app.get("/.well-known/oauth-authorization-server").await.with_status(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.body["issuer"], ISSUER);
    let jwks = answer.body["jwks_uri"].as_str().unwrap();
    assert_eq!(reqwest::get(jwks).await.unwrap().status(), 200);
    assert_eq!(answer.body["revocation_endpoint"], format!("{}/api/auth/revoke", app.url));
    assert_eq!(answer.body.get("introspection_endpoint"), None);
    let secret = "tokens.introspection_secret=the shop asks with this very long secret";
    let answer = app.sibling_with(&[secret]).await;
    let body = answer.get("/.well-known/oauth-authorization-server").await.body;
    assert_eq!(body["introspection_endpoint"], format!("{}/api/auth/introspect", answer.url));
    assert_eq!(body["response_types_supported"], json!([]));
}
