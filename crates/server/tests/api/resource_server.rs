//! A service that trusts Carnet: it fetches the keys over HTTP and keeps them, as `carnet-verify`
//! does it for everybody.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use carnet_server::keys::{KeyChange, KeyPurpose};
use carnet_verify::{Algorithm, Authenticated, KeySet, ResourceServer, Verifier};
use serde_json::json;
use tower::ServiceExt;

use crate::support::{ISSUER, PASSWORD, Person, TestApp};

const RESOURCE: &str = "https://api.example.org";

/// The service, which keeps Carnet's keys and reads the same clock.
struct Service(Router);

impl Service {
    fn of(app: &TestApp) -> Self {
        let server = ResourceServer::builder(ISSUER, RESOURCE)
            .jwks_address(&format!("{}/.well-known/jwks.json", app.url))
            .clock(app.clock.clone())
            .build()
            .unwrap();
        let route = get(async |who: Authenticated| who.username.clone());
        Self(Router::new().route("/orders", route).with_state(server))
    }

    async fn status(&self, token: &str) -> u16 {
        let request = Request::get("/orders").header("authorization", format!("Bearer {token}"));
        let request = request.body(Body::empty()).unwrap();
        self.0.clone().oneshot(request).await.unwrap().status().as_u16()
    }
}

async fn carnet(more: &[&str]) -> TestApp {
    let resources = format!("tokens.resources={RESOURCE}");
    let settings: Vec<&str> = more.iter().copied().chain([resources.as_str()]).collect();
    TestApp::on_sqlite(&settings).await
}

/// Ada, with an access token for the service.
async fn signed_in(app: &TestApp) -> Person<'_> {
    let body = json!({"login": "ada", "password": PASSWORD, "resource": RESOURCE});
    let answer = app.post("/api/auth/login", &body).await.with_status(200);
    Person::from_answer(app, "ada", &answer)
}

/// The key that a token names.
fn kid(token: &str) -> String {
    carnet_verify::key_id(token).unwrap()
}

#[tokio::test]
async fn a_token_for_a_service_is_good_there_and_not_at_carnet() {
    let app = carnet(&[]).await;
    let service = Service::of(&app);
    let own = app.registered("ada").await;
    let ada = signed_in(&app).await;
    assert_eq!(service.status(&ada.access).await, 200);
    ada.get("/api/me").await.refused(401, "invalid_token");
    own.get("/api/me").await.with_status(200);
    assert_eq!(service.status(&own.access).await, 401);
}

#[tokio::test]
async fn a_refreshed_token_is_good_until_it_expires() {
    let app = carnet(&[]).await;
    let service = Service::of(&app);
    app.registered("ada").await;
    let ada = signed_in(&app).await;
    let answer = ada.present(&ada.refresh, json!({ "resource": RESOURCE })).await.with_status(200);
    let access = answer.body["access_token"].as_str().unwrap();
    app.clock.advance(299);
    assert_eq!(service.status(access).await, 200);
    app.clock.advance(1);
    assert_eq!(service.status(access).await, 401);
}

#[tokio::test]
async fn a_key_that_signs_at_once_is_found_by_its_first_token() {
    for algorithm in Algorithm::ALL.iter().filter(|algorithm| algorithm.is_public()) {
        let app = carnet(&[]).await;
        let service = Service::of(&app);
        app.registered("ada").await;
        let before = signed_in(&app).await;
        assert_eq!(service.status(&before.access).await, 200);
        app.clock.advance(10);
        let change = KeyChange::Now;
        let new = app.app().keys.rotate(KeyPurpose::Sign, *algorithm, change).await.unwrap();
        let after = signed_in(&app).await;
        assert_eq!(kid(&after.access), new);
        assert_eq!(service.status(&after.access).await, 200, "{algorithm:?}");
        assert_eq!(service.status(&before.access).await, 200, "{algorithm:?}");
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused_within_five_minutes() {
    let app = carnet(&["tokens.access_lifetime=15m"]).await;
    let service = Service::of(&app);
    app.registered("ada").await;
    let before = signed_in(&app).await;
    assert_eq!(service.status(&before.access).await, 200);
    app.app().keys.revoke(&kid(&before.access), Algorithm::ES256).await.unwrap();
    app.clock.advance(300);
    assert_eq!(service.status(&before.access).await, 401);
    assert_eq!(service.status(&signed_in(&app).await.access).await, 200);
}

/// One service asks again for a key that it does not know. The other, which another library might
/// be at work in, only keeps the keys for five minutes.
#[tokio::test]
async fn rotation_with_time_never_costs_a_401() {
    let app = carnet(&["tokens.key_rotation=1h"]).await;
    let service = Service::of(&app);
    let mut kept = KeySet::new();
    let verifier = Verifier::new(ISSUER, RESOURCE);
    app.registered("ada").await;
    let mut ada = signed_in(&app).await;
    let mut signed_by = BTreeSet::from([kid(&ada.access)]);
    for step in 0..6 * 60 {
        app.clock.advance(30);
        app.app().keys.keep_fresh(&app.app().settings.tokens).await.unwrap();
        app.app().keys.reload().await.unwrap();
        let more = json!({ "resource": RESOURCE });
        let answer = ada.present(&ada.refresh, more).await.with_status(200);
        ada = Person::from_answer(&app, "ada", &answer);
        signed_by.insert(kid(&ada.access));
        assert_eq!(service.status(&ada.access).await, 200, "step {step}");
        if step % 10 == 0 {
            let jwks = app.get("/.well-known/jwks.json").await.body;
            kept = KeySet::from_jwks(&serde_json::from_value(jwks).unwrap());
        }
        let verified = verifier.verify(&ada.access, &kept, app.clock.now());
        assert!(verified.is_ok(), "step {step}: {verified:?}");
    }
    assert_eq!(signed_by.len(), 4, "three rotations in three hours");
}
