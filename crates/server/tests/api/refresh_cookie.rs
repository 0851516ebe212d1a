use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp, on_both};

on_both![
    a_cookie_session_never_shows_its_refresh_token_to_a_script,
    a_cookie_token_is_refused_in_a_body_and_a_body_token_in_a_cookie,
    a_refusal_deletes_the_cookie_only_when_its_session_is_over,
    a_cookie_login_ends_the_session_that_it_replaces,
    a_session_that_is_not_remembered_has_a_cookie_until_the_browser_closes,
    another_session_in_the_cookie_is_said_without_rotating,
];

async fn cookie_login(app: &TestApp, cookie: &str, more: Value) -> Answer {
    let mut body = json!({"login": "ada", "password": PASSWORD, "delivery": "cookie"});
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    app.post_from_page("/api/auth/login", cookie, &body).await.with_status(200)
}

/// The cookie as a browser would send it back.
fn pair(answer: &Answer) -> String {
    answer.cookies()[0].split(';').next().unwrap().to_owned()
}

async fn refresh(app: &TestApp, cookie: &str) -> Answer {
    app.post_from_page("/api/auth/refresh", cookie, &json!({})).await
}

async fn a_cookie_session_never_shows_its_refresh_token_to_a_script(app: TestApp) {
    app.registered("ada").await;
    let login = cookie_login(&app, "", json!({})).await;
    let port = app.url.rsplit_once(':').unwrap().1;
    let cookie = login.cookies()[0].to_owned();
    assert!(cookie.starts_with(&format!("carnet-{port}=crt_")), "{cookie}");
    for attribute in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=2592000"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    assert!(!login.text.contains("crt_") && login.body["refresh_token"].is_null());
    let refreshed = refresh(&app, &pair(&login)).await.with_status(200);
    assert!(!refreshed.text.contains("crt_"));
    assert_ne!(pair(&refreshed), pair(&login));
    refresh(&app, &pair(&refreshed)).await.with_status(200);
}

async fn a_cookie_token_is_refused_in_a_body_and_a_body_token_in_a_cookie(app: TestApp) {
    let ada = app.registered("ada").await;
    let cookie = pair(&cookie_login(&app, "", json!({})).await);
    let (name, token) = cookie.split_once('=').unwrap();
    ada.present(token, json!({})).await.refused(401, "invalid_refresh_token");
    let swapped = format!("{name}={}", ada.refresh);
    refresh(&app, &swapped).await.refused(401, "invalid_refresh_token");
    refresh(&app, &cookie).await.with_status(200);
    ada.present(&ada.refresh, json!({})).await.with_status(200);
}

async fn a_refusal_deletes_the_cookie_only_when_its_session_is_over(app: TestApp) {
    let ada = app.registered("ada").await;
    let cookie = pair(&cookie_login(&app, "", json!({})).await);
    let other = json!({"session": ada.session});
    let changed = app.post_from_page("/api/auth/refresh", &cookie, &other).await;
    assert!(changed.refused(409, "session_changed").cookies().is_empty());
    assert!(
        refresh(&app, &format!("{cookie}x"))
            .await
            .refused(401, "invalid_refresh_token")
            .cookies()
            .is_empty()
    );
    ada.send(reqwest::Method::DELETE, "/api/me/sessions", None).await.with_status(204);
    let over = refresh(&app, &cookie).await.refused(401, "session_ended");
    assert!(over.cookies()[0].contains("Max-Age=0"), "{:?}", over.cookies());
}

async fn a_cookie_login_ends_the_session_that_it_replaces(app: TestApp) {
    app.registered("ada").await;
    let first = pair(&cookie_login(&app, "", json!({})).await);
    let second = pair(&cookie_login(&app, &first, json!({})).await);
    refresh(&app, &first).await.refused(401, "session_ended");
    refresh(&app, &second).await.with_status(200);
}

async fn a_session_that_is_not_remembered_has_a_cookie_until_the_browser_closes(app: TestApp) {
    app.registered("ada").await;
    let login = cookie_login(&app, "", json!({"remember": false})).await;
    assert!(!login.cookies()[0].contains("Max-Age"), "{:?}", login.cookies());
    let refreshed = refresh(&app, &pair(&login)).await.with_status(200);
    assert!(!refreshed.cookies()[0].contains("Max-Age"));
}

async fn another_session_in_the_cookie_is_said_without_rotating(app: TestApp) {
    app.registered("ada").await;
    let first = cookie_login(&app, "", json!({})).await;
    let second = cookie_login(&app, &pair(&first), json!({})).await;
    let meant = json!({"session": first.body["session"]["id"]});
    let answer = app.post_from_page("/api/auth/refresh", &pair(&second), &meant).await;
    answer.refused(409, "session_changed");
    let answer = refresh(&app, &pair(&second)).await.with_status(200);
    assert_eq!(answer.body["session"]["id"], second.body["session"]["id"]);
}

#[tokio::test]
async fn under_https_the_cookie_is_bound_to_the_host() {
    let settings = ["server.public_url=https://id.example.org"];
    let app = TestApp::on_sqlite(&settings).await;
    let body = json!({
        "email": "ada@example.org", "username": "ada", "password": PASSWORD, "delivery": "cookie",
    });
    let request = app.request(reqwest::Method::POST, "/api/auth/register").json(&body);
    let request =
        request.header("origin", "https://id.example.org").header("host", "id.example.org");
    let answer = Answer::read(request.send().await.unwrap()).await.with_status(201);
    assert!(answer.cookies()[0].starts_with("__Host-carnet=crt_"));
    assert!(answer.cookies()[0].contains("; Secure"));
    assert!(answer.header("strict-transport-security").contains("max-age=63072000"));
}
