use reqwest::Method;
use serde_json::{Value, json};

use super::{BLACKLIST, OBTAIN, REFRESH, VERIFY, claims, disable, fields, obtained, pair, refused};
use crate::support::{Answer, PASSWORD, TestApp, on_both};

on_both![
    missing_fields_are_named,
    an_unknown_account_a_disabled_one_and_a_wrong_password_get_the_same_answer,
    the_right_password_gives_both_tokens,
    an_access_token_has_the_claims_of_rfc_9068_and_two_more,
    two_logins_have_nothing_in_common,
    a_sign_in_and_a_failed_one_are_events,
    names_are_trimmed_and_lower_cased,
    a_password_is_never_trimmed,
    an_authorization_header_is_not_looked_at,
    a_form_of_another_site_is_refused_and_that_of_a_program_is_not,
];

const WRONG: &str = "No active account found with the given credentials";

async fn attempt(app: &TestApp, username: &str, password: &str) -> Answer {
    app.post(OBTAIN, &json!({"username": username, "password": password})).await
}

/// Rows 1–3: same.
async fn missing_fields_are_named(app: TestApp) {
    let required = json!(["This field is required."]);
    let answer = app.post(OBTAIN, &json!({})).await;
    fields(&answer, &json!({"username": required, "password": required}));
    let answer = app.post(OBTAIN, &json!({"username": "ada"})).await;
    fields(&answer, &json!({"password": required}));
    let answer = app.post(OBTAIN, &json!({"password": PASSWORD})).await;
    fields(&answer, &json!({"username": required}));
}

/// Rows 4–6: same.
async fn an_unknown_account_a_disabled_one_and_a_wrong_password_get_the_same_answer(app: TestApp) {
    app.registered("ada").await;
    app.registered("grace").await;
    disable(&app, "grace").await;
    let wrong = attempt(&app, "ada", "not the kettle at all").await;
    refused(&wrong, 401, WRONG, "no_active_account");
    for username in ["nobody", "grace"] {
        assert_eq!(attempt(&app, username, PASSWORD).await.text, wrong.text);
    }
}

/// Row 7: same.
/// Row 8: different, because a refresh token here is no JWT and has no `token_type`.
async fn the_right_password_gives_both_tokens(app: TestApp) {
    app.registered("ada").await;
    let answer = attempt(&app, "ada", PASSWORD).await.with_status(200);
    assert_eq!(answer.body.as_object().unwrap().len(), 2);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.cookies().is_empty());
    let tokens = pair(&answer);
    assert_eq!(claims(&tokens.access)["token_type"], "access");
    assert!(tokens.refresh.starts_with("crt_"));
}

/// Row 9: different, because the claims are those of RFC 9068, with `token_type` and `user_id`.
/// Row 10: different, because lifetimes are Carnet's settings and a refresh token says none.
async fn an_access_token_has_the_claims_of_rfc_9068_and_two_more(app: TestApp) {
    let native = app.registered("ada").await;
    let tokens = obtained(&app, "ada").await;
    let (native, claims) = (claims(&native.access), claims(&tokens.access));
    let names =
        |claims: &Value| -> Vec<String> { claims.as_object().unwrap().keys().cloned().collect() };
    let mut expected = [names(&native), vec!["token_type".into(), "user_id".into()]].concat();
    expected.sort();
    assert_eq!(names(&claims), expected);
    assert_eq!(claims["user_id"], native["sub"]);
    assert_eq!(claims["sub"], native["sub"]);
    assert!(claims["user_id"].is_string());
    let seconds = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(seconds, 300);
}

/// Row 11: same.
async fn two_logins_have_nothing_in_common(app: TestApp) {
    app.registered("ada").await;
    let (one, two) = (obtained(&app, "ada").await, obtained(&app, "ada").await);
    for claim in ["jti", "sid"] {
        assert_ne!(claims(&one.access)[claim], claims(&two.access)[claim]);
    }
    assert_ne!(one.refresh, two.refresh);
}

/// Rows 12, 13: does not apply, because there is no `last_login`: every sign-in is an event.
/// Row 14: different, because a failed sign-in is an event rather than a hook, without the password.
/// Row 15: does not apply, because no setting lets a disabled account sign in.
async fn a_sign_in_and_a_failed_one_are_events(app: TestApp) {
    app.registered("ada").await;
    attempt(&app, "ada", PASSWORD).await.with_status(200);
    attempt(&app, "ada", "not the kettle at all").await.with_status(401);
    let events = app.events().await;
    let count = |kind: &str| events.iter().filter(|event| event.kind == kind).count();
    // The first began with the registration.
    assert_eq!((count("login_succeeded"), count("login_failed")), (2, 1));
    assert!(events.iter().all(|event| !event.detail.contains("kettle")));
}

/// Row 21: different, because usernames and e-mail addresses have no upper case here.
async fn names_are_trimmed_and_lower_cased(app: TestApp) {
    app.registered("ada").await;
    for username in ["ada", " ada ", "ADA", "Ada@Example.org"] {
        attempt(&app, username, PASSWORD).await.with_status(200);
    }
}

/// Row 22: better.
async fn a_password_is_never_trimmed(app: TestApp) {
    app.registered("ada").await;
    for password in [format!(" {PASSWORD}"), format!("{PASSWORD} "), " ".to_owned()] {
        let answer = attempt(&app, "ada", &password).await;
        refused(&answer, 401, WRONG, "no_active_account");
    }
    let body = json!({
        "email": "grace@example.org", "username": "grace", "password": " a space on each side ",
    });
    app.post("/api/auth/register", &body).await.with_status(201);
    attempt(&app, "grace", " a space on each side ").await.with_status(200);
    attempt(&app, "grace", "a space on each side").await.with_status(401);
}

/// Row 20: same.
async fn an_authorization_header_is_not_looked_at(app: TestApp) {
    app.registered("ada").await;
    let body = json!({"username": "ada", "password": PASSWORD});
    for value in ["Bearer junk", "Bearer", "junk", ""] {
        let request = app.request(Method::POST, OBTAIN).header("authorization", value).json(&body);
        Answer::read(request.send().await.unwrap()).await.with_status(200);
    }
}

/// A form needs nobody's leave to be sent from another site.
async fn a_form_of_another_site_is_refused_and_that_of_a_program_is_not(app: TestApp) {
    app.registered("ada").await;
    let fields = [("username", "ada"), ("password", PASSWORD)];
    let send = async |path: &str, name: &str, value: &str| {
        let request = app.request(Method::POST, path).header(name, value).form(&fields);
        Answer::read(request.send().await.unwrap()).await
    };
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for path in [OBTAIN, REFRESH, VERIFY, BLACKLIST] {
            let answer = send(path, name, value).await.with_status(403);
            assert_eq!(answer.body["code"], "cross_site");
        }
        for path in ["/api/auth/revoke", "/api/auth/introspect"] {
            send(path, name, value).await.refused(403, "cross_site");
        }
    }
    for (name, value) in [
        ("origin", app.url.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
        ("user-agent", "curl/8"),
    ] {
        send(OBTAIN, name, value).await.with_status(200);
    }
    let json = app.request(Method::POST, OBTAIN).header("origin", "http://localhost:5173");
    let json = json.json(&json!({"username": "ada", "password": PASSWORD}));
    Answer::read(json.send().await.unwrap()).await.with_status(200);
}

const ON: &[&str] = &["limits.enabled=true"];

#[tokio::test]
async fn the_limits_are_those_of_the_native_endpoint() {
    let app = TestApp::on_sqlite(ON).await;
    app.registered("ada").await;
    for _ in 0..5 {
        attempt(&app, "ada", "not the kettle at all").await.with_status(401);
    }
    let answer = attempt(&app, "Ada", PASSWORD).await;
    let words = "Request was throttled. Expected available in 60 seconds.";
    refused(&answer, 429, words, "throttled");
    assert_eq!(answer.header("retry-after"), "60");
    let native = json!({"login": "ada", "password": PASSWORD});
    app.post("/api/auth/login", &native).await.refused(429, "too_many_requests");
    app.clock.advance(60);
    let tokens = obtained(&app, "ada").await;
    let mut last = Vec::new();
    for path in [REFRESH, VERIFY] {
        for _ in 0..61 {
            let body = json!({"refresh": tokens.refresh, "token": tokens.refresh});
            last.push(app.post(path, &body).await.status.as_u16());
        }
    }
    assert_eq!((last[0], last[60], last[121]), (200, 429, 429));
    app.post(BLACKLIST, &json!({"refresh": tokens.refresh})).await.with_status(200);
}
