//! Fetching over HTTP, from a server of this machine.

use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::routing::get;
use carnet_verify::{ResourceServer, SetupError, TokenError};
use serde_json::json;

use crate::support::{ACCEPTED, AUDIENCE, ISSUER, Signer, UNAVAILABLE};

/// What comes of a token when this app publishes the keys under `/keys`.
async fn verdict(app: Router, token: &str) -> Result<(), TokenError> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/keys", listener.local_addr().unwrap());
    let serving = tokio::spawn(async { axum::serve(listener, app).await });
    let server = ResourceServer::builder(ISSUER, AUDIENCE).jwks_address(&address).build().unwrap();
    let verdict = server.verify(token).await.map(|_| ());
    serving.abort();
    verdict
}

fn good_for_now(key: &Signer) -> String {
    let now = carnet_verify::Clock::now(&carnet_verify::SystemClock);
    key.token_with(json!({"iat": now, "nbf": now, "exp": now + 300}))
}

#[tokio::test]
async fn keys_come_over_http() {
    let key = Signer::new("k1");
    let keys = json!({ "keys": [key.jwk()] }).to_string();
    let app = Router::new().route("/keys", get(([(CACHE_CONTROL, "max-age=300")], keys)));
    assert_eq!(verdict(app, &good_for_now(&key)).await, ACCEPTED);
}

#[tokio::test]
async fn redirects_other_answers_and_large_ones_are_not_followed() {
    let key = Signer::new("k1");
    let (token, keys) = (good_for_now(&key), json!({ "keys": [key.jwk()] }).to_string());
    let redirect = (StatusCode::FOUND, [(LOCATION, "/elsewhere")]);
    let elsewhere = keys.clone();
    let app = Router::new().route("/keys", get(redirect)).route("/elsewhere", get(elsewhere));
    assert_eq!(verdict(app, &token).await, UNAVAILABLE);

    let app = Router::new().route("/keys", get((StatusCode::ACCEPTED, keys.clone())));
    assert_eq!(verdict(app, &token).await, UNAVAILABLE);

    let large = format!("{keys}{}", " ".repeat(64 * 1024));
    let app = Router::new().route("/keys", get(async || Body::from(large)));
    assert_eq!(verdict(app, &token).await, UNAVAILABLE);
}

#[test]
fn an_issuer_without_https_is_refused_unless_it_is_on_this_machine() {
    let set_up = |issuer| ResourceServer::new(issuer, AUDIENCE).map(|_| ());
    assert!(matches!(set_up("http://id.example.org"), Err(SetupError::Plain(_))));
    assert!(matches!(set_up("id.example.org"), Err(SetupError::Address(_))));
    assert!(set_up("http://127.0.0.1:3000").is_ok());
    assert!(set_up("https://id.example.org").is_ok());
}
