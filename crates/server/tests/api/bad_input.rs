use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, TestApp, on_both};

on_both![
    what_is_not_one_json_object_is_malformed,
    another_content_type_is_not_taken,
    a_body_that_is_too_large_is_not_read,
    unknown_addresses_and_methods_get_a_problem,
    nothing_that_is_sent_brings_the_server_down,
    an_authorization_that_is_no_bearer_token_is_refused,
];

const POSTS: [&str; 3] = ["/api/auth/register", "/api/auth/login", "/api/auth/refresh"];

async fn post_raw(
    app: &TestApp,
    path: &str,
    content_type: &str,
    body: impl Into<reqwest::Body>,
) -> Answer {
    let request = app.request(Method::POST, path).header("content-type", content_type).body(body);
    Answer::read(request.send().await.unwrap()).await
}

async fn what_is_not_one_json_object_is_malformed(app: TestApp) {
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    for body in [
        "{",
        "[]",
        "null",
        "NaN",
        "'x'",
        "{} x",
        "\u{feff}{}",
        "{'login':'ada'}",
        r#"{"login":}"#,
        r#"{"login":"a","login":"b"}"#,
        r#"{"login":"\ud800"}"#,
        r#"{"login":1e400}"#,
        &deep,
    ] {
        for path in POSTS {
            post_raw(&app, path, "application/json", body.to_owned())
                .await
                .refused(400, "malformed_request");
        }
    }
    for path in POSTS {
        let body = b"{\"login\":\"\xff\xfe\"}".to_vec();
        post_raw(&app, path, "application/json", body).await.refused(400, "malformed_request");
    }
}

async fn another_content_type_is_not_taken(app: TestApp) {
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonx",
        "",
    ] {
        for path in POSTS {
            post_raw(&app, path, content_type, "{\"a\":1}")
                .await
                .refused(415, "unsupported_media_type");
        }
    }
    post_raw(&app, "/api/auth/login", "Application/JSON; charset=utf-8", "{}")
        .await
        .refused(422, "invalid_fields");
}

async fn a_body_that_is_too_large_is_not_read(app: TestApp) {
    let body = format!(r#"{{"login":"{}"}}"#, "x".repeat(17_000));
    for path in POSTS {
        post_raw(&app, path, "application/json", body.clone())
            .await
            .refused(413, "payload_too_large");
    }
}

async fn unknown_addresses_and_methods_get_a_problem(app: TestApp) {
    for path in ["/api", "/api/", "/api/nowhere", "/api/auth/login/", "/api//me", "/api/%00"] {
        app.get(path).await.refused(404, "not_found");
    }
    let answer = app.get("/api/auth/login").await.refused(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "POST");
    let answer = app.request(Method::TRACE, "/api/me").send().await.unwrap();
    Answer::read(answer).await.refused(405, "method_not_allowed");
}

async fn nothing_that_is_sent_brings_the_server_down(app: TestApp) {
    let ada = app.registered("ada").await;
    for text in
        ["' \" ; -- \\", "\u{0}", "\u{202e}", "😀", "%00", "${7*7}", "<script>", "a\r\nb: c"]
    {
        for (path, body) in [
            ("/api/auth/login", json!({"login": text, "password": text})),
            (
                "/api/auth/refresh",
                json!({"refresh_token": text, "attempt": text, "session": text, "resource": text}),
            ),
            (
                "/api/auth/register",
                json!({"email": text, "username": text, "name": text, "password": text}),
            ),
            ("/api/auth/logout", json!({"refresh_token": text})),
        ] {
            let answer = app.post(path, &body).await;
            assert!(answer.status.as_u16() < 500, "{path} {text:?}: {}", answer.text);
        }
        let body = json!({"current_password": text, "new_password": text.repeat(20)});
        let answer = ada.post("/api/me/password", &body).await;
        assert!(answer.status.as_u16() < 500, "{text:?}: {}", answer.text);
    }
    ada.get("/api/me").await.with_status(200);
}

async fn an_authorization_that_is_no_bearer_token_is_refused(app: TestApp) {
    let ada = app.registered("ada").await;
    let me = app.get("/api/me").await.refused(401, "missing_token");
    assert_eq!(me.header("www-authenticate"), r#"Bearer realm="carnet""#);
    for value in ["Basic YTpi", "Bearer", "Bearer ", "bearer x y", &ada.access, &"x".repeat(9000)] {
        let request = app.request(Method::GET, "/api/me").header("authorization", value);
        Answer::read(request.send().await.unwrap()).await.refused(401, "invalid_token");
    }
    let twice = app
        .request(Method::GET, "/api/me")
        .header("authorization", format!("Bearer {}", ada.access))
        .header("authorization", format!("Bearer {}", ada.access));
    Answer::read(twice.send().await.unwrap()).await.refused(401, "invalid_token");
    let in_query = format!("/api/me?access_token={}", ada.access);
    app.get(&in_query).await.refused(401, "missing_token");
    let lower = app
        .request(Method::GET, "/api/me")
        .header("authorization", format!("bEARER {}", ada.access));
    assert_eq!(lower.send().await.unwrap().status(), 200);
}
