//! Extractors, roles and layers of an axum app.

use axum::body::Body;
use axum::extract::FromRef;
use axum::http::Request;
use axum::http::header::AUTHORIZATION;
use axum::routing::get;
use axum::{Extension, Router};
use carnet_shared::Claims;
use carnet_verify::{Authenticated, Denied, ResourceServer, Verified};
use serde::Deserialize;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{NOW, Setting, Signer};

const ANONYMOUS: &str = r#"Bearer realm="carnet""#;
const INVALID: &str = r#"Bearer realm="carnet", error="invalid_token""#;
const INSUFFICIENT: &str = r#"Bearer realm="carnet", error="insufficient_scope""#;

#[derive(Deserialize)]
struct Plan {
    plan: String,
}

#[derive(Deserialize)]
struct Seats {
    #[expect(dead_code, reason = "no token of these tests has it")]
    seats: u32,
}

#[derive(Clone, FromRef)]
struct State {
    resource_server: ResourceServer,
}

async fn editors(who: Authenticated) -> Result<String, Denied> {
    who.require_role("editor")?;
    Ok(who.username.clone())
}

fn app(server: &ResourceServer) -> Router {
    let below = Router::new()
        .route(
            "/layer/extension",
            get(async |Extension(who): Extension<Verified<Claims>>| who.claims().username.clone()),
        )
        .route("/layer/plan", get(async |who: Authenticated<Plan>| who.custom.plan.clone()))
        .route("/layer/seats", get(async |_: Authenticated<Seats>| "seats"))
        .route_layer(server.layer());
    let below_role = Router::new()
        .route("/layer/editors", get(async || "editors"))
        .route_layer(server.require_role("editor"));
    Router::new()
        .route("/me", get(async |who: Authenticated| who.username.clone()))
        .route("/plan", get(async |who: Authenticated<Plan>| who.custom.plan.clone()))
        .route("/seats", get(async |_: Authenticated<Seats>| "seats"))
        .route(
            "/greeting",
            get(async |who: Option<Authenticated>| {
                who.map_or("nobody".to_owned(), |who| who.username.clone())
            }),
        )
        .route("/editors", get(editors))
        .merge(below)
        .merge(below_role)
        .with_state(State { resource_server: server.clone() })
}

struct Answer {
    status: u16,
    headers: axum::http::HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| std::str::from_utf8(value.as_bytes()).unwrap())
    }

    /// The answer, which must be a problem, well formed, with this challenge.
    #[track_caller]
    fn denied(&self, status: u16, code: &str, challenge: Option<&str>) {
        let body: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!((self.status, body["code"].as_str()), (status, Some(code)));
        assert_eq!(body["status"], status);
        let names: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(names, ["code", "status", "title", "type"], "which check failed is not said");
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("www-authenticate"), challenge);
    }
}

async fn get_with(app: &Router, path: &str, authorization: &[&str]) -> Answer {
    let mut request = Request::get(path);
    for value in authorization {
        request = request.header(AUTHORIZATION, *value);
    }
    let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 64 * 1024).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

async fn get_as(app: &Router, path: &str, token: &str) -> Answer {
    get_with(app, path, &[&format!("Bearer {token}")]).await
}

const PROTECTED: [&str; 8] = [
    "/me",
    "/plan",
    "/seats",
    "/editors",
    "/layer/extension",
    "/layer/plan",
    "/layer/seats",
    "/layer/editors",
];

#[tokio::test]
async fn a_good_token_is_let_in_everywhere_and_says_who_it_is() {
    let key = Signer::new("k1");
    let app = app(&Setting::new(&[&key]).server);
    let token = key.token_with(json!({"roles": ["user", "editor"]}));
    for (path, body) in [
        ("/me", "ada"),
        ("/plan", "gold"),
        ("/greeting", "ada"),
        ("/editors", "ada"),
        ("/layer/extension", "ada"),
        ("/layer/plan", "gold"),
        ("/layer/editors", "editors"),
    ] {
        let answer = get_as(&app, path, &token).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, body), "{path}");
    }
}

#[tokio::test]
async fn without_a_token_there_is_a_challenge_and_no_error() {
    let app = app(&Setting::new(&[]).server);
    for path in PROTECTED {
        get_with(&app, path, &[]).await.denied(401, "missing_token", Some(ANONYMOUS));
    }
    let answer = get_with(&app, "/greeting", &[]).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "nobody"));
    assert_eq!(get_with(&app, "/nowhere", &[]).await.status, 404);
}

#[tokio::test]
async fn a_bad_token_is_refused_even_where_none_is_needed() {
    let (key, other) = (Signer::new("k1"), Signer::new("k1"));
    let app = app(&Setting::new(&[&key]).server);
    let good = format!("Bearer {}", key.token());
    for authorization in [
        vec![format!("Bearer {}", other.token())],
        vec![format!("Bearer {}", key.token_with(json!({"exp": NOW})))],
        vec![format!("Bearer {}", key.token_with(json!({"aud": "https://id.example.org"})))],
        vec![format!("Bearer {}", key.token_with(json!({"iss": "https://evil.example.org"})))],
        vec!["Bearer junk".to_owned()],
        vec!["Basic YWRhOmtldHRsZQ==".to_owned()],
        vec![good.clone(), good.clone()],
        vec![good.to_uppercase()],
    ] {
        let authorization: Vec<&str> = authorization.iter().map(String::as_str).collect();
        for path in PROTECTED.into_iter().chain(["/greeting"]) {
            let answer = get_with(&app, path, &authorization).await;
            answer.denied(401, "invalid_token", Some(INVALID));
        }
    }
}

#[tokio::test]
async fn a_missing_role_is_forbidden() {
    let key = Signer::new("k1");
    let app = app(&Setting::new(&[&key]).server);
    for roles in [json!([]), json!(["user"]), json!(["Editor", "editors", "edit"])] {
        let token = key.token_with(json!({ "roles": roles }));
        for path in ["/editors", "/layer/editors"] {
            get_as(&app, path, &token).await.denied(403, "forbidden", Some(INSUFFICIENT));
        }
    }
}

#[tokio::test]
async fn a_token_without_the_claims_that_the_app_wants_is_refused() {
    let key = Signer::new("k1");
    let app = app(&Setting::new(&[&key]).server);
    for path in ["/seats", "/layer/seats"] {
        get_as(&app, path, &key.token()).await.denied(401, "invalid_token", Some(INVALID));
    }
}

#[tokio::test]
async fn without_keys_the_service_is_unavailable_and_says_when_to_come_again() {
    let key = Signer::new("k1");
    let setting = Setting::new(&[]);
    setting.issuer.goes_down();
    let app = app(&setting.server);
    for path in PROTECTED.into_iter().chain(["/greeting"]) {
        let answer = get_as(&app, path, &key.token()).await;
        answer.denied(503, "unavailable", None);
        assert_eq!(answer.header("retry-after"), Some("10"));
    }
}

#[tokio::test]
async fn what_was_verified_for_another_audience_counts_for_nothing() {
    let key = Signer::new("k1");
    let (outer, inner) = (Setting::new(&[&key]), Setting::new(&[&key]));
    let builder = ResourceServer::builder("https://id.example.org", "https://other.example.org");
    let builder = builder.clock(inner.clock.clone()).fetcher(inner.issuer.clone());
    let app = Router::new()
        .route("/me", get(async |who: Authenticated| who.username.clone()))
        .with_state(State { resource_server: builder.build().unwrap() })
        .route_layer(outer.server.layer());
    get_as(&app, "/me", &key.token()).await.denied(401, "invalid_token", Some(INVALID));
}

#[tokio::test]
async fn a_handler_below_a_layer_verifies_nothing_again() {
    let key = Signer::new("k1");
    let setting = Setting::new(&[&key]);
    // Its own resource server has no keys, so it lets nobody in by itself.
    let without_keys = ResourceServer::builder("https://id.example.org", "https://api.example.org")
        .build_with_keys(carnet_verify::KeySet::new());
    let route = Router::new()
        .route("/me", get(async |who: Authenticated| who.username.clone()))
        .with_state(State { resource_server: without_keys });
    assert_eq!(get_as(&route, "/me", &key.token()).await.status, 401);
    let below = route.route_layer(setting.server.layer());
    assert_eq!(get_as(&below, "/me", &key.token()).await.status, 200);
}
