use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp, on_both};

on_both![
    a_browser_is_known_after_a_sign_in_and_stays_known_after_the_sign_out,
    one_browser_is_known_by_several_accounts,
];

const WRONG: &str = "not the kettle at all";
const BEHIND_PROXY: &[&str] = &["limits.enabled=true", "server.trusted_proxies=127.0.0.1/32"];

fn login(login: &str, password: &str) -> Value {
    json!({"login": login, "password": password, "delivery": "cookie"})
}

/// Signs in, or tries to, as a browser at this address with this cookie.
async fn try_from(app: &TestApp, address: &str, cookie: &str, body: &Value) -> Answer {
    let request = app.request(Method::POST, "/api/auth/login").header("origin", &app.url);
    let request = request.header("cookie", cookie).header("x-forwarded-for", address).json(body);
    Answer::read(request.send().await.unwrap()).await
}

/// The device cookie that an answer sets, as a browser sends it back.
fn device_cookie(answer: &Answer) -> Option<String> {
    let cookies = answer.cookies();
    let set = cookies.iter().find(|cookie| cookie.starts_with("carnet-device-"))?;
    Some(set.split(';').next()?.to_owned())
}

async fn a_browser_is_known_after_a_sign_in_and_stays_known_after_the_sign_out(app: TestApp) {
    let ada = app.registered("ada").await;
    let answer = app.post_from_page("/api/auth/login", "", &login("ada", PASSWORD)).await;
    let set = answer.cookies()[1].to_owned();
    let port = app.url.rsplit(':').next().unwrap();
    assert!(set.starts_with(&format!("carnet-device-{port}=")), "{set}");
    assert!(set.ends_with("; Path=/; SameSite=Lax; HttpOnly; Max-Age=34560000"), "{set}");
    let id = ada.get("/api/me").await.body["id"].as_str().unwrap().to_owned();
    assert!(!set.contains("ada") && !set.contains(&id));
    let cookies: Vec<&str> =
        answer.cookies().iter().filter_map(|set| set.split(';').next()).collect();
    let signed_out = app.post_from_page("/api/auth/logout", &cookies.join("; "), &json!({})).await;
    assert!(signed_out.cookies().iter().all(|set| !set.contains("device")));
    // A wrong password, a program and a session in the body make nobody known.
    for body in [
        login("ada", WRONG),
        json!({"login": "ada", "password": PASSWORD}),
        json!({"login": "ada", "password": PASSWORD, "delivery": "body"}),
    ] {
        let answer = app.post_from_page("/api/auth/login", "", &body).await;
        assert_eq!(device_cookie(&answer), None);
    }
    let registration = json!({
        "email": "grace@example.org", "username": "grace", "password": PASSWORD,
        "delivery": "cookie",
    });
    let answer = app.post_from_page("/api/auth/register", "", &registration).await;
    assert!(device_cookie(&answer.with_status(201)).is_some());
}

async fn one_browser_is_known_by_several_accounts(app: TestApp) {
    let mut device = String::new();
    for number in 0..20 {
        let name = format!("user{number}");
        app.registered(&name).await;
        let answer = app.post_from_page("/api/auth/login", &device, &login(&name, PASSWORD)).await;
        device = device_cookie(&answer.with_status(200)).unwrap();
        assert!(device.len() < 400, "{}", device.len());
    }
}

#[tokio::test]
async fn the_owner_comes_in_on_a_known_device_while_strangers_are_throttled() {
    for app in [TestApp::on_sqlite(BEHIND_PROXY).await, TestApp::on_postgres(BEHIND_PROXY).await] {
        app.registered("ada").await;
        let answer = try_from(&app, "198.51.100.1", "", &login("ada", PASSWORD)).await;
        let device = device_cookie(&answer.with_status(200)).unwrap();
        // A hundred wrong passwords from everywhere, and one address whose sign-ins are used up.
        for number in 0..100 {
            let address = format!("203.0.113.{number}");
            try_from(&app, &address, "", &login("ada", WRONG)).await.with_status(401);
        }
        for number in 0..30 {
            let name = format!("nobody{number}");
            try_from(&app, "203.0.113.200", "", &login(&name, WRONG)).await.with_status(401);
        }
        for address in ["198.51.100.1", "203.0.113.200"] {
            let stranger = try_from(&app, address, "", &login("ada", PASSWORD)).await;
            stranger.refused(429, "too_many_requests");
            try_from(&app, address, &device, &login("ada", PASSWORD)).await.with_status(200);
            try_from(&app, address, &device, &login("ada@example.org", PASSWORD))
                .await
                .with_status(200);
        }
        // Five of its own mistakes, and the device counts as a stranger.
        for _ in 0..5 {
            let wrong = try_from(&app, "198.51.100.1", &device, &login("ada", WRONG)).await;
            wrong.refused(401, "invalid_credentials");
        }
        let sixth = try_from(&app, "198.51.100.1", &device, &login("ada", PASSWORD)).await;
        sixth.refused(429, "too_many_requests");
    }
}

#[tokio::test]
async fn a_device_is_known_only_by_the_accounts_that_have_signed_in_on_it() {
    let app = TestApp::on_sqlite(BEHIND_PROXY).await;
    app.registered("ada").await;
    app.registered("eve").await;
    let answer = try_from(&app, "198.51.100.1", "", &login("eve", PASSWORD)).await;
    let eves = device_cookie(&answer.with_status(200)).unwrap();
    let answer = try_from(&app, "198.51.100.1", "", &login("ada", PASSWORD)).await;
    let adas = device_cookie(&answer.with_status(200)).unwrap();
    let (name, value) = adas.split_once('=').unwrap();
    let mut altered = value.to_owned().into_bytes();
    altered[30] ^= 1;
    let altered = format!("{name}={}", String::from_utf8(altered).unwrap());
    for _ in 0..5 {
        try_from(&app, "203.0.113.1", "", &login("ada", WRONG)).await.with_status(401);
    }
    for cookie in [eves, altered, format!("{name}=junk"), format!("{name}={}", "A".repeat(9_000))] {
        let answer = try_from(&app, "203.0.113.1", &cookie, &login("ada", PASSWORD)).await;
        answer.refused(429, "too_many_requests");
    }
    try_from(&app, "203.0.113.1", &adas, &login("ada", PASSWORD)).await.with_status(200);
}

/// The cookie chooses a bucket and does nothing else.
#[tokio::test]
async fn a_device_cookie_signs_nobody_in() {
    let app = TestApp::on_sqlite(&[]).await;
    app.registered("ada").await;
    let answer = app.post_from_page("/api/auth/login", "", &login("ada", PASSWORD)).await;
    let device = device_cookie(&answer).unwrap();
    let value = device.split_once('=').unwrap().1.to_owned();
    let refreshed = app.post_from_page("/api/auth/refresh", &device, &json!({})).await;
    refreshed.refused(401, "missing_refresh_token");
    let session = answer.cookies()[0].split('=').next().unwrap().to_owned();
    for value in [value.clone(), format!("crt_{value}")] {
        let cookie = format!("{session}={value}");
        let refreshed = app.post_from_page("/api/auth/refresh", &cookie, &json!({})).await;
        refreshed.refused(401, "invalid_refresh_token");
    }
}
