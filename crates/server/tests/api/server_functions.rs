//! Server functions of somebody's own app, which ask who calls them.

use axum::Router;
use axum::routing::get;
use carnet_leptos::server::{require_role, require_user, user};
use carnet_leptos::{CarnetClient, ServerError};
use carnet_server::{PageGuard, router};
use carnet_shared::User;
use leptos::prelude::server;
use leptos::server_fn::codec::GetUrl;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp, on_both, serve};

on_both![
    a_server_function_knows_the_owner_of_the_access_token,
    without_a_token_nobody_calls_and_401_is_typed,
    a_token_that_is_no_longer_good_is_401_so_that_the_client_renews_it,
    an_account_without_the_role_is_refused_with_403,
    a_form_without_script_counts_in_the_name_of_the_cookie,
    a_form_without_script_of_nobody_leads_to_sign_in_and_back,
    no_other_site_can_call_a_server_function_however_it_is_encoded,
    without_the_layer_a_server_function_knows_nobody,
    below_a_nest_that_the_layer_does_not_know_the_cookie_of_a_page_does_not_count,
];

#[server(client = CarnetClient, prefix = "/functions", endpoint = "name")]
async fn name() -> Result<String, ServerError> {
    Ok(user().await?.map_or("nobody".to_owned(), |user| user.username))
}

#[server(client = CarnetClient, prefix = "/functions", endpoint = "add")]
async fn add(text: String) -> Result<String, ServerError> {
    Ok(format!("{} wants to {text}", require_user().await?.username))
}

#[server(client = CarnetClient, prefix = "/functions", endpoint = "ledger", input = GetUrl)]
async fn ledger() -> Result<String, ServerError> {
    require_role("bookkeeper").await?;
    Ok("the ledger".to_owned())
}

fn functions() -> Router {
    let call = leptos_axum::handle_server_fns;
    Router::new().route("/functions/{name}", get(call).post(call))
}

/// An app that has Carnet inside, with server functions of its own.
async fn own_app(carnet: &TestApp) -> String {
    let functions = functions().layer(PageGuard::anyone(carnet.app()));
    serve(functions.merge(router(carnet.app()))).await
}

async fn send(request: RequestBuilder) -> Answer {
    Answer::read(request.send().await.unwrap()).await
}

/// As the client in the browser calls: not as a navigation.
fn call(carnet: &TestApp, url: &str, function: &str) -> RequestBuilder {
    let request = carnet.client.post(format!("{url}/functions/{function}"));
    request.form(&[("text", "do it")]).header("accept", "application/json")
}

fn refused(answer: &Answer) -> Value {
    json!({ "refused": serde_json::from_str::<Value>(&answer.text).unwrap()["refused"].clone() })
}

async fn cookie_of_ada(carnet: &TestApp) -> String {
    carnet.registered("ada").await;
    let body = json!({"login": "ada", "password": PASSWORD, "delivery": "cookie"});
    let answer = carnet.post_from_page("/api/auth/login", "", &body).await.with_status(200);
    answer.cookies()[0].split(';').next().unwrap().to_owned()
}

async fn a_server_function_knows_the_owner_of_the_access_token(carnet: TestApp) {
    let ada = carnet.registered("ada").await;
    let url = own_app(&carnet).await;
    let answer = send(call(&carnet, &url, "name").bearer_auth(&ada.access)).await.with_status(200);
    assert_eq!(answer.text, r#""ada""#);
    let answer = send(call(&carnet, &url, "add").bearer_auth(&ada.access)).await.with_status(200);
    assert_eq!(answer.text, r#""ada wants to do it""#);
}

async fn without_a_token_nobody_calls_and_401_is_typed(carnet: TestApp) {
    let url = own_app(&carnet).await;
    let from_page = |function| call(&carnet, &url, function).header("origin", &carnet.url);
    assert_eq!(send(from_page("name")).await.with_status(200).text, r#""nobody""#);
    let answer = send(from_page("add")).await.with_status(401);
    assert_eq!(refused(&answer), json!({"refused": "sign_in_first"}));
}

async fn a_token_that_is_no_longer_good_is_401_so_that_the_client_renews_it(carnet: TestApp) {
    let ada = carnet.registered("ada").await;
    let url = own_app(&carnet).await;
    let foreign = format!("{}x", ada.access);
    for token in [foreign.as_str(), "not a token"] {
        let answer = send(call(&carnet, &url, "name").bearer_auth(token)).await.with_status(401);
        assert_eq!(refused(&answer), json!({"refused": "sign_in_first"}));
    }
    carnet.clock.advance(301);
    send(call(&carnet, &url, "name").bearer_auth(&ada.access)).await.with_status(401);
}

async fn an_account_without_the_role_is_refused_with_403(carnet: TestApp) {
    let mut ada = carnet.registered("ada").await;
    let url = format!("{}/functions/ledger", own_app(&carnet).await);
    let call = async |access: &str| send(carnet.client.get(&url).bearer_auth(access)).await;
    let answer = call(&ada.access).await.with_status(403);
    assert_eq!(refused(&answer), json!({"refused": "not_allowed"}));

    let row = carnet.store().user_by_login("ada").await.unwrap().unwrap();
    let user = User { roles: vec!["bookkeeper".to_owned()], ..row.user().unwrap() };
    carnet.store().update_user(&user).await.unwrap();
    ada.refreshed().await;
    assert_eq!(call(&ada.access).await.with_status(200).text, r#""the ledger""#);
}

/// As a browser sends a form by itself.
fn form(carnet: &TestApp, url: &str, function: &str, cookie: &str) -> RequestBuilder {
    let request = carnet.client.post(format!("{url}/functions/{function}"));
    let request = request.form(&[("text", "do it")]).header("accept", "text/html,*/*;q=0.8");
    request.header("cookie", cookie).header("referer", format!("{url}/todos?page=2"))
}

async fn a_form_without_script_counts_in_the_name_of_the_cookie(carnet: TestApp) {
    let cookie = cookie_of_ada(&carnet).await;
    let url = own_app(&carnet).await;
    let form = form(&carnet, &url, "add", &cookie).header("origin", &carnet.url);
    let answer = send(form).await.with_status(302);
    assert_eq!(answer.header("location"), format!("{url}/todos?page=2"));
    assert_eq!(answer.text, r#""ada wants to do it""#);
}

async fn a_form_without_script_of_nobody_leads_to_sign_in_and_back(carnet: TestApp) {
    let url = own_app(&carnet).await;
    let form = form(&carnet, &url, "add", "").header("origin", &carnet.url);
    let answer = send(form).await.with_status(303);
    assert_eq!(answer.header("location"), "/login?next=/todos%3Fpage%3D2");
}

async fn no_other_site_can_call_a_server_function_however_it_is_encoded(carnet: TestApp) {
    let cookie = cookie_of_ada(&carnet).await;
    let url = own_app(&carnet).await;
    for (header, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "none"),
        ("x-nothing", "said"),
    ] {
        let answer = send(form(&carnet, &url, "add", &cookie).header(header, value)).await;
        let answer = answer.with_status(403);
        assert_eq!(answer.text, "This call came from another site, so nothing was done.");
        let get = carnet.client.get(format!("{url}/functions/ledger")).header("cookie", &cookie);
        send(get.header(header, value)).await.with_status(403);
    }
    // The same by a page of this site, which is refused for want of the role.
    let get = carnet.client.get(format!("{url}/functions/ledger")).header("cookie", &cookie);
    let answer = send(get.header("sec-fetch-site", "same-origin")).await.with_status(403);
    assert_eq!(refused(&answer), json!({"refused": "not_allowed"}));
}

async fn without_the_layer_a_server_function_knows_nobody(carnet: TestApp) {
    let ada = carnet.registered("ada").await;
    let url = serve(functions()).await;
    send(call(&carnet, &url, "add").bearer_auth(&ada.access)).await.with_status(500);
}

async fn below_a_nest_that_the_layer_does_not_know_the_cookie_of_a_page_does_not_count(
    carnet: TestApp,
) {
    let cookie = cookie_of_ada(&carnet).await;
    let nested = Router::new().nest("/app", functions()).layer(PageGuard::anyone(carnet.app()));
    let url = serve(nested).await;
    let call = carnet.client.get(format!("{url}/app/functions/ledger")).header("cookie", &cookie);
    let answer = send(call.header("sec-fetch-site", "cross-site")).await.with_status(500);
    assert_eq!(refused(&answer), json!({"refused": "sign_in_first"}));
}
