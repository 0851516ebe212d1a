use reqwest::Method;

use crate::support::{Answer, TestApp, on_both};

on_both![
    a_running_server_is_alive_and_ready,
    a_server_without_its_database_is_alive_and_not_ready,
    every_answer_carries_its_safeguards,
];

async fn a_running_server_is_alive_and_ready(app: TestApp) {
    for path in ["/healthz", "/readyz"] {
        let answer = app.get(path).await.with_status(200);
        assert_eq!(
            (answer.body, answer.headers.get("content-type").unwrap().as_bytes()),
            (serde_json::json!({"status": "ok"}), &b"application/json"[..])
        );
        let head = Answer::read(app.request(Method::HEAD, path).send().await.unwrap()).await;
        assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    }
}

async fn a_server_without_its_database_is_alive_and_not_ready(app: TestApp) {
    app.store().close().await;
    let answer = app.get("/readyz").await.refused(503, "unavailable");
    assert!(!answer.header("retry-after").is_empty());
    assert!(app.get("/healthz").await.status.is_success());
}

async fn every_answer_carries_its_safeguards(app: TestApp) {
    for path in ["/healthz", "/api/me", "/api/nowhere", "/.well-known/jwks.json"] {
        let answer = app.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert!(answer.header("content-security-policy").contains("default-src"), "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert!(answer.header("server").is_empty(), "{path}");
    }
}
