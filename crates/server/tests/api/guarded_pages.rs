//! Pages of somebody's own app behind a guard.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use carnet_server::{
    CarnetPage, PageGuard, PageVisitor, api_router, pages_router, pages_router_without, router,
};
use carnet_shared::User;
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, PASSWORD, TestApp, cookie_of_ada, look, on_both, pair, serve};

on_both![
    nobody_is_led_to_sign_in_by_an_empty_answer,
    whoever_is_signed_in_comes_through_and_is_known_to_the_page,
    an_account_without_the_role_gets_403_as_a_page,
    a_cookie_that_does_not_tell_gets_a_page_that_finds_out_and_ends_nothing,
    a_session_that_has_ended_lets_nobody_through,
    a_page_without_a_guard_knows_who_looks,
    no_other_site_can_post_to_a_guarded_page,
    an_app_with_a_start_and_a_fallback_of_its_own_takes_the_api_and_the_pages,
    an_app_with_a_sign_in_page_of_its_own_takes_the_api_alone,
    pages_under_a_prefix_lead_to_each_other,
    a_guard_leads_to_the_sign_in_page_under_its_prefix,
    an_app_may_have_one_page_in_its_own_way,
    the_pages_of_one_carnet_have_one_place,
    two_carnets_in_one_app_are_refused_at_the_start,
];

/// An app that has Carnet inside, with pages of its own.
async fn own_app(carnet: &TestApp) -> String {
    let name = async |PageVisitor(auth): PageVisitor| {
        auth.user().map_or("nobody".to_owned(), |user: &User| user.username.clone())
    };
    let members = Router::new()
        .route("/members", get(name).post(async || "done"))
        .route_layer(PageGuard::user(carnet.app()))
        .with_state(carnet.app().clone());
    let ledger = Router::new()
        .route("/ledger", get(async || "the ledger"))
        .route_layer(PageGuard::role(carnet.app(), "bookkeeper"));
    let shop = Router::new().route("/shop", get(name)).with_state(carnet.app().clone());
    serve(members.merge(ledger).merge(shop).merge(router(carnet.app()))).await
}

async fn nobody_is_led_to_sign_in_by_an_empty_answer(carnet: TestApp) {
    let url = own_app(&carnet).await;
    for (path, next) in
        [("/members?page=2", "/login?next=/members%3Fpage%3D2"), ("/ledger", "/login?next=/ledger")]
    {
        let answer = look(&carnet, &format!("{url}{path}"), "").await.with_status(303);
        assert_eq!(answer.header("location"), next);
        assert_eq!(answer.text, "");
    }
    look(&carnet, &format!("{url}/login"), "").await.with_status(200);
}

async fn whoever_is_signed_in_comes_through_and_is_known_to_the_page(carnet: TestApp) {
    let cookie = cookie_of_ada(&carnet).await;
    let url = own_app(&carnet).await;
    let answer = look(&carnet, &format!("{url}/members"), &cookie).await.with_status(200);
    assert_eq!(answer.text, "ada");
}

async fn an_account_without_the_role_gets_403_as_a_page(carnet: TestApp) {
    let cookie = cookie_of_ada(&carnet).await;
    let url = format!("{}/ledger", own_app(&carnet).await);
    let refused = look(&carnet, &url, &cookie).await.with_status(403);
    assert!(refused.text.contains("Not for this account"), "{}", refused.text);
    assert!(!refused.text.contains("the ledger"));
    assert_eq!(refused.header("cache-control"), "no-store");
    assert!(refused.header("content-security-policy").contains("script-src 'self' 'nonce-"));

    let row = carnet.store().user_by_login("ada").await.unwrap().unwrap();
    let ada = User { roles: vec!["bookkeeper".to_owned()], ..row.user().unwrap() };
    carnet.store().update_user(&ada).await.unwrap();
    assert_eq!(look(&carnet, &url, &cookie).await.with_status(200).text, "the ledger");
}

async fn a_cookie_that_does_not_tell_gets_a_page_that_finds_out_and_ends_nothing(carnet: TestApp) {
    let old = cookie_of_ada(&carnet).await;
    let answer = carnet.post_from_page("/api/auth/refresh", &old, &json!({})).await;
    let new = pair(&answer.with_status(200));
    carnet.clock.advance(60);
    let url = format!("{}/members", own_app(&carnet).await);
    let waiting = look(&carnet, &url, &old).await.with_status(200);
    assert!(waiting.text.contains("One moment…"), "{}", waiting.text);
    assert!(waiting.text.contains(r#"<noscript><a href="/login?next=/members">"#));
    assert!(!waiting.text.contains("ada"));
    assert_eq!(look(&carnet, &url, &new).await.with_status(200).text, "ada");
}

async fn a_session_that_has_ended_lets_nobody_through(carnet: TestApp) {
    let cookie = cookie_of_ada(&carnet).await;
    let url = format!("{}/ledger", own_app(&carnet).await);
    carnet.post_from_page("/api/auth/logout", &cookie, &json!({})).await.with_status(204);
    let answer = look(&carnet, &url, &cookie).await.with_status(200);
    assert!(!answer.text.contains("the ledger") && !answer.text.contains("ada"));
}

async fn a_page_without_a_guard_knows_who_looks(carnet: TestApp) {
    let cookie = cookie_of_ada(&carnet).await;
    let url = format!("{}/shop", own_app(&carnet).await);
    assert_eq!(look(&carnet, &url, "").await.text, "nobody");
    assert_eq!(look(&carnet, &url, &cookie).await.text, "ada");
}

async fn no_other_site_can_post_to_a_guarded_page(carnet: TestApp) {
    let cookie = cookie_of_ada(&carnet).await;
    let url = format!("{}/members", own_app(&carnet).await);
    let post = async |origin: &str| {
        let request = carnet.client.post(&url).header("cookie", &cookie).header("origin", origin);
        Answer::read(request.send().await.unwrap()).await
    };
    for origin in ["https://evil.example", "null"] {
        let refused = post(origin).await.with_status(403);
        assert_eq!(refused.text, "This form came from another site, so nothing was done.");
    }
    assert_eq!(post(&carnet.url).await.with_status(200).text, "done");
}

/// What an app may hold beside Carnet.
#[derive(Clone)]
struct OwnState(&'static str);

fn own_routes() -> Router {
    Router::new()
        .route("/", get(async |State(OwnState(text)): State<OwnState>| text))
        .fallback(async || (StatusCode::NOT_FOUND, "my own 404"))
        .with_state(OwnState("my own start"))
}

async fn an_app_with_a_start_and_a_fallback_of_its_own_takes_the_api_and_the_pages(
    carnet: TestApp,
) {
    let app = carnet.without_routes().await;
    let (api, pages) = (api_router(&app), pages_router(&app, ""));
    let url = serve(own_routes().merge(api).merge(pages)).await;
    assert_eq!(look(&carnet, &format!("{url}/"), "").await.with_status(200).text, "my own start");
    let nowhere = look(&carnet, &format!("{url}/nowhere"), "").await.with_status(404);
    assert_eq!(nowhere.text, "my own 404");
    let login = look(&carnet, &format!("{url}/login"), "").await.with_status(200);
    assert!(login.text.contains("<h1>Sign in</h1>"), "{}", login.text);
    look(&carnet, &format!("{url}/api/auth/session"), "").await.refused(401, "missing_token");
    let wrong = carnet.client.request(Method::PUT, format!("{url}/api/auth/session"));
    let host = carnet.url.trim_start_matches("http://");
    let answer = Answer::read(wrong.header("host", host).send().await.unwrap()).await;
    answer.refused(405, "method_not_allowed");
}

async fn an_app_with_a_sign_in_page_of_its_own_takes_the_api_alone(carnet: TestApp) {
    let own = own_routes().route("/login", get(async || "my own way in"));
    let url = serve(own.merge(api_router(carnet.app()))).await;
    assert_eq!(look(&carnet, &format!("{url}/login"), "").await.text, "my own way in");
    assert_eq!(look(&carnet, &format!("{url}/profile"), "").await.text, "my own 404");
    look(&carnet, &format!("{url}/healthz"), "").await.with_status(200);
}

async fn pages_under_a_prefix_lead_to_each_other(carnet: TestApp) {
    let cookie = cookie_of_ada(&carnet).await;
    let app = carnet.without_routes().await;
    let pages = pages_router(&app, "/my/account");
    let url = serve(own_routes().merge(api_router(&app)).merge(pages)).await;
    let get = async |path: &str, cookie: &str| look(&carnet, &format!("{url}{path}"), cookie).await;

    assert_eq!(get("/login", "").await.with_status(404).text, "my own 404");
    let login = get("/my/account/login", "").await.with_status(200).text;
    for part in [r#"action="/my/account/login""#, r#"href="/my/account/register""#, r#"href="/""#] {
        assert!(login.contains(part), "{part} in {login}");
    }
    let led = get("/my/account/sessions", "").await.with_status(303);
    assert_eq!(led.header("location"), "/my/account/login?next=/my/account/sessions");
    let profile = get("/my/account/profile", &cookie).await.with_status(200).text;
    for part in [r#"action="/my/account/profile""#, r#"action="/my/account/logout""#, "ada"] {
        assert!(profile.contains(part), "{part} in {profile}");
    }
    let led = get("/my/account/login", &cookie).await.with_status(303);
    assert_eq!(led.header("location"), "/my/account/profile");
    let led = get("/.well-known/change-password", "").await.with_status(303);
    assert_eq!(led.header("location"), "/my/account/profile");

    let send = async |fields: &[(&str, &str)]| {
        let request = carnet.client.post(format!("{url}/my/account/login")).form(fields);
        let request = request.header("host", carnet.url.trim_start_matches("http://"));
        Answer::read(request.header("origin", &carnet.url).send().await.unwrap()).await
    };
    let wrong = send(&[("login", "ada"), ("password", "not hers at all")]).await.with_status(401);
    assert!(wrong.text.contains(r#"action="/my/account/login""#), "{}", wrong.text);
    let right = send(&[("login", "ada"), ("password", PASSWORD)]).await.with_status(303);
    assert_eq!(right.header("location"), "/my/account/profile");
}

async fn a_guard_leads_to_the_sign_in_page_under_its_prefix(carnet: TestApp) {
    let app = carnet.without_routes().await;
    let orders =
        Router::new().route("/orders", get(async || "")).route_layer(PageGuard::user(&app));
    let url = serve(orders.merge(pages_router(&app, "/account"))).await;
    let led = look(&carnet, &format!("{url}/orders"), "").await.with_status(303);
    assert_eq!(led.header("location"), "/account/login?next=/orders");
}

async fn an_app_may_have_one_page_in_its_own_way(carnet: TestApp) {
    let app = carnet.without_routes().await;
    let own = own_routes().route("/account/login", get(async || "my own way in"));
    let pages = pages_router_without(&app, "/account", &[CarnetPage::Login]);
    let url = serve(own.merge(api_router(&app)).merge(pages)).await;
    let get = async |path: &str| look(&carnet, &format!("{url}{path}"), "").await;
    assert_eq!(get("/account/login").await.with_status(200).text, "my own way in");
    let register = get("/account/register").await.with_status(200).text;
    // The browser loads it, and no router takes the link.
    for link in [
        r#"<a href="/account/login" rel="external">Sign in</a>"#,
        r#"<a href="/" rel="external" class="brand">"#,
    ] {
        assert!(register.contains(link), "{link} in {register}");
    }
    let led = get("/account/profile").await.with_status(303);
    assert_eq!(led.header("location"), "/account/login?next=/account/profile");
    let request = carnet.client.post(format!("{url}/account/login"));
    let host = carnet.url.trim_start_matches("http://");
    let answer = request.header("host", host).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
}

/// What a function says when it panics.
fn panic_of(work: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(work)).unwrap_err();
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap()
}

async fn the_pages_of_one_carnet_have_one_place(carnet: TestApp) {
    let app = carnet.without_routes().await;
    let _ = pages_router(&app, "/account");
    let _ = pages_router(&app, "/account");
    let said = panic_of(|| drop(pages_router(&app, "/other")));
    assert!(said.contains("can be in one place only"), "{said}");
    let said = panic_of(|| drop(router(&app)));
    assert!(said.contains("can be in one place only"), "{said}");
}

async fn two_carnets_in_one_app_are_refused_at_the_start(carnet: TestApp) {
    let (one, other) = (carnet.without_routes().await, carnet.without_routes().await);
    let said = panic_of(|| drop(api_router(&one).merge(api_router(&other))));
    assert!(said.contains("Overlapping method route"), "{said}");
}
