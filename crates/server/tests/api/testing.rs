//! The module `testing`, as the tests of somebody's own app use it: without a network.

use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{Request, StatusCode, header};
use axum::routing::get;
use carnet_server::settings::{DatabaseUrl, Registration};
use carnet_server::store::EventFilter;
use carnet_server::testing::{PASSWORD, TestCarnet};
use carnet_server::{Current, api_router};
use serde_json::{Map, Value, json};
use tower::ServiceExt;

/// A route of somebody's own, for scripts, beside Carnet's.
fn own_app(carnet: &TestCarnet) -> Router {
    let name = async |current: Current| current.claims.username.clone();
    let own = Router::new().route("/name", get(name)).with_state(carnet.app().clone());
    own.merge(api_router(carnet.app()))
}

async fn ask(app: &Router, request: Builder, body: &str) -> (StatusCode, String) {
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let answer = app.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let text = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(text.to_vec()).unwrap())
}

/// What `/name` answers to an access token.
async fn name(app: &Router, authorization: header::HeaderValue) -> (StatusCode, String) {
    ask(app, Request::get("/name").header(header::AUTHORIZATION, authorization), "").await
}

/// What one of Carnet's own routes has against an access token.
async fn problem(carnet: &TestCarnet, authorization: header::HeaderValue) -> Value {
    let request = Request::get(carnet.url("/api/auth/session"));
    let request = request.header(header::AUTHORIZATION, authorization);
    let (_, answer) = ask(&own_app(carnet), request, "").await;
    serde_json::from_str::<Value>(&answer).unwrap()["code"].take()
}

#[tokio::test]
async fn whoever_is_signed_in_comes_through_and_nobody_else_does() {
    let (carnet, other) = (TestCarnet::start().await, TestCarnet::start().await);
    let app = own_app(&carnet);
    let ada = carnet.signed_in("ada").await;
    assert_eq!(name(&app, ada.authorization()).await, (StatusCode::OK, "ada".to_owned()));
    assert_eq!(ask(&app, Request::get("/name"), "").await.0, StatusCode::UNAUTHORIZED);
    // Nothing here is true for every Carnet: the keys are each one's own.
    let stranger = other.signed_in("ada").await;
    assert_eq!(name(&app, stranger.authorization()).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_account_is_made_once_and_is_given_what_it_lacks() {
    let carnet = TestCarnet::builder()
        .settings(|settings| settings.server.registration = Registration::Closed)
        .start()
        .await;
    let first = carnet.signed_in("ada").await;
    assert_eq!(first.user().email, "ada@example.org");
    let account = carnet.account("ada").role("editor").role("user").name("Ada Lovelace");
    let second = account.attribute("plan", "gold").signed_in().await;
    assert_eq!(first.user().id, second.user().id);
    assert_ne!(first.session_id(), second.session_id());
    let ada = second.user();
    assert_eq!(
        (&ada.roles[..], &*ada.name),
        (&["user", "editor"].map(String::from)[..], "Ada Lovelace")
    );
    assert_eq!(ada.attributes["plan"], "gold");
    // The older token says less than the account has, so it is outdated at once.
    let app = own_app(&carnet);
    assert_eq!(name(&app, first.authorization()).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(problem(&carnet, first.authorization()).await, "token_outdated");
    assert_eq!(name(&app, second.authorization()).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_test_turns_the_clock_by_which_tokens_expire_and_changes_are_heard() {
    let carnet = TestCarnet::start().await;
    let (app, ada) = (own_app(&carnet), carnet.signed_in("ada").await);
    carnet.clock().advance(Duration::from_secs(299));
    assert_eq!(name(&app, ada.authorization()).await.0, StatusCode::OK);
    carnet.clock().advance(Duration::from_secs(1));
    assert_eq!(problem(&carnet, ada.authorization()).await, "invalid_token");

    let ada = carnet.signed_in("ada").await;
    let now = carnet.app().clock.now();
    carnet.app().store.disable_user(&ada.user().id, now).await.unwrap();
    carnet.clock().advance(Duration::from_millis(2_001));
    assert_eq!(problem(&carnet, ada.authorization()).await, "session_ended");
}

#[tokio::test]
async fn a_person_can_do_what_a_browser_does_with_its_cookie() {
    let carnet = TestCarnet::start().await;
    let (app, ada) = (own_app(&carnet), carnet.signed_in("ada").await);
    let refresh = |path: String| {
        Request::post(path)
            .header(header::ORIGIN, carnet.origin())
            .header(header::COOKIE, ada.cookie())
            .header(header::CONTENT_TYPE, "application/json")
    };
    let (status, answer) = ask(&app, refresh(carnet.url("/api/auth/refresh")), "{}").await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["session"]["id"], ada.session_id());
    // Without the host that `url` names, Carnet's own routes answer nothing.
    let (status, _) = ask(&app, refresh("/api/auth/refresh".to_owned()), "{}").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_person_of_a_test_signs_in_with_the_password_that_all_have() {
    let carnet = TestCarnet::start().await;
    let ada = carnet.account("ada").made().await;
    let app = own_app(&carnet);
    let log_in = async |password: &str| {
        let request = Request::post(carnet.url("/api/auth/login"));
        let request = request.header(header::CONTENT_TYPE, "application/json");
        ask(&app, request, &json!({"login": "ada", "password": password}).to_string()).await.0
    };
    assert_eq!(log_in(PASSWORD).await, StatusCode::OK);
    assert_eq!(log_in("the kettle is off again").await, StatusCode::UNAUTHORIZED);
    let events = carnet.app().store.events(EventFilter::default(), 10).await.unwrap();
    // Of one millisecond, since the clock stands still.
    let mut kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["account_created", "login_succeeded"]);
    assert!(events.iter().all(|event| event.user_id.as_ref() == Some(&ada.id)));
}

#[tokio::test]
async fn settings_and_claims_are_the_apps_and_the_database_stays_the_tests() {
    let carnet = TestCarnet::builder()
        .settings(|settings| {
            settings.tokens.issuer = "https://id.example.org".to_owned();
            settings.database.url = DatabaseUrl::Sqlite("data/carnet.db".into());
            settings.passwords.memory_kib = 1_000_000;
        })
        .claims(|user| Map::from_iter([("initial".to_owned(), user.username[..1].into())]))
        .start()
        .await;
    let ada = carnet.signed_in("ada").await;
    let claims = carnet.app().verify(ada.access_token()).await.unwrap();
    assert_eq!((&*claims.iss, &claims.custom["initial"]), ("https://id.example.org", &json!("a")));
    assert_eq!(carnet.app().settings.passwords.memory_kib, 8);
    let file = database(&carnet);
    assert!(file.starts_with(std::env::temp_dir()) && file.exists(), "{}", file.display());
}

fn database(carnet: &TestCarnet) -> PathBuf {
    match &carnet.app().settings.database.url {
        DatabaseUrl::Sqlite(path) => path.clone(),
        DatabaseUrl::Postgres(_) => panic!("no test asks for PostgreSQL"),
    }
}

#[tokio::test]
async fn nothing_is_left_behind() {
    let carnet = TestCarnet::start().await;
    let folder = database(&carnet).parent().unwrap().to_owned();
    assert!(folder.exists());
    drop(carnet);
    assert!(!folder.exists());
}

#[tokio::test]
async fn what_signs_a_person_in_is_not_printed() {
    let carnet = TestCarnet::start().await;
    let ada = carnet.signed_in("ada").await;
    let cookie = String::from_utf8(ada.cookie().as_bytes().to_vec()).unwrap();
    let (_, token) = cookie.split_once('=').unwrap();
    let printed = format!("{ada:?} {:?} {:?}", ada.authorization(), ada.cookie());
    assert!(!printed.contains(token) && !printed.contains(ada.access_token()), "{printed}");
}

#[cfg(feature = "ssr")]
mod pages {
    use carnet_leptos::server::require_user;
    use carnet_leptos::{CarnetClient, ServerError};
    use carnet_server::{PageGuard, PageVisitor, router};
    use leptos::prelude::server;

    use super::*;

    #[server(client = CarnetClient, prefix = "/testing", endpoint = "add")]
    async fn add(text: String) -> Result<String, ServerError> {
        Ok(format!("{} wants to {text}", require_user().await?.username))
    }

    fn own_pages(carnet: &TestCarnet) -> Router {
        let app = carnet.app();
        let name = async |PageVisitor(auth): PageVisitor| {
            auth.user().map_or("nobody".to_owned(), |user| user.username.clone())
        };
        let members = Router::new().route("/members", get(name)).route_layer(PageGuard::user(app));
        let staff = Router::new()
            .route("/ledger", get(async || "the ledger"))
            .route_layer(PageGuard::role(app, "bookkeeper"));
        let functions = Router::new()
            .route("/testing/{name}", axum::routing::post(leptos_axum::handle_server_fns))
            .layer(PageGuard::anyone(app));
        let own = members.merge(staff).merge(functions).with_state(app.clone());
        own.merge(router(app))
    }

    #[tokio::test]
    async fn guarded_pages_let_through_whom_they_should() {
        let carnet = TestCarnet::start().await;
        let app = own_pages(&carnet);
        let ada = carnet.signed_in("ada").await;
        let grace = carnet.account("grace").role("bookkeeper").signed_in().await;
        let look = async |path: &str, who: &carnet_server::testing::SignedIn| {
            ask(&app, Request::get(path).header(header::COOKIE, who.cookie()), "").await
        };
        assert_eq!(look("/members", &ada).await, (StatusCode::OK, "ada".to_owned()));
        assert_eq!(look("/ledger", &ada).await.0, StatusCode::FORBIDDEN);
        assert_eq!(look("/ledger", &grace).await, (StatusCode::OK, "the ledger".to_owned()));
        assert_eq!(ask(&app, Request::get("/members"), "").await.0, StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn server_functions_know_who_calls() {
        let carnet = TestCarnet::start().await;
        let (app, ada) = (own_pages(&carnet), carnet.signed_in("ada").await);
        let call = || {
            Request::post("/testing/add")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::ACCEPT, "application/json")
        };
        let as_ada = call().header(header::AUTHORIZATION, ada.authorization());
        let (status, said) = ask(&app, as_ada, "text=rest").await;
        assert_eq!((status, &*said), (StatusCode::OK, r#""ada wants to rest""#));
        let from_page = call().header(header::ORIGIN, carnet.origin());
        let as_nobody = ask(&app, from_page, "text=rest").await;
        assert_eq!(as_nobody.0, StatusCode::UNAUTHORIZED, "{}", as_nobody.1);
    }
}
