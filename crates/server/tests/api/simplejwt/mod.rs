//! The cases that djangorestframework-simplejwt's behaviour comes to, one by one, by the numbers of
//! `docs/simplejwt.md`. A test's comment names its rows and how Carnet does: the same, better, or
//! different and why.

mod blacklist;
mod bodies;
mod modes;
mod obtain;
mod protected;
mod refresh;
mod rows;
mod signer;
mod store;
mod verify;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp};

const OBTAIN: &str = "/api/token/";
const REFRESH: &str = "/api/token/refresh/";
const VERIFY: &str = "/api/token/verify/";
const BLACKLIST: &str = "/api/token/blacklist/";

/// What a front end keeps.
struct Pair {
    access: String,
    refresh: String,
}

/// Signs in somebody who has an account.
async fn obtained(app: &TestApp, username: &str) -> Pair {
    let body = json!({"username": username, "password": PASSWORD});
    pair(&app.post(OBTAIN, &body).await.with_status(200))
}

/// Makes an account and signs it in.
async fn newcomer(app: &TestApp, username: &str) -> Pair {
    app.registered(username).await;
    obtained(app, username).await
}

fn pair(answer: &Answer) -> Pair {
    let text = |name: &str| answer.body[name].as_str().unwrap().to_owned();
    Pair { access: text("access"), refresh: text("refresh") }
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.post(REFRESH, &json!({"refresh": token})).await
}

async fn verify(app: &TestApp, token: &str) -> Answer {
    app.post(VERIFY, &json!({"token": token})).await
}

async fn blacklist(app: &TestApp, token: &str) -> Answer {
    app.post(BLACKLIST, &json!({"refresh": token})).await
}

/// The account, asked for with an `Authorization` header.
async fn me(app: &TestApp, authorization: &str) -> Answer {
    let request = app.request(Method::GET, "/api/me").header("authorization", authorization);
    Answer::read(request.send().await.unwrap()).await
}

async fn me_with(app: &TestApp, access: &str) -> Answer {
    me(app, &format!("Bearer {access}")).await
}

async fn change_password(app: &TestApp, access: &str) {
    let body = json!({"current_password": PASSWORD, "new_password": "a different kettle now"});
    let request = app.request(Method::POST, "/api/me/password").bearer_auth(access).json(&body);
    Answer::read(request.send().await.unwrap()).await.with_status(200);
}

async fn user_id(app: &TestApp, username: &str) -> String {
    app.store().user_by_login(username).await.unwrap().unwrap().id
}

async fn disable(app: &TestApp, username: &str) {
    let (id, now) = (user_id(app, username).await, 1_800_000_000);
    app.store().disable_user(&id, now).await.unwrap();
}

async fn delete(app: &TestApp, username: &str) {
    let (id, now) = (user_id(app, username).await, 1_800_000_000);
    app.store().delete_user(&id, now).await.unwrap();
}

/// What an access token says.
fn claims(access: &str) -> Value {
    let payload = access.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// The answer has exactly this sentence and code, and the headers that go with them.
#[track_caller]
fn refused(answer: &Answer, status: u16, detail: &str, code: &str) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert_eq!(answer.body, json!({"detail": detail, "code": code}));
    assert_headers(answer);
}

/// 401 with the code that front ends look for.
#[track_caller]
fn not_valid(answer: &Answer, detail: &str) {
    refused(answer, 401, detail, "token_not_valid");
}

/// 400 with what is wrong with each field.
#[track_caller]
fn fields(answer: &Answer, expected: &Value) {
    assert_eq!(answer.status.as_u16(), 400, "{}", answer.text);
    assert_eq!(&answer.body, expected);
    assert_headers(answer);
}

#[track_caller]
fn assert_headers(answer: &Answer) {
    let challenge = if answer.status == 401 { r#"Bearer realm="api""# } else { "" };
    assert_eq!(answer.header("www-authenticate"), challenge);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
}

const NO_ACCOUNT: &str = "No active account found for the given token.";
