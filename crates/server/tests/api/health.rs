use crate::support::{TestApp, on_both};

on_both![a_running_server_is_alive_and_ready, every_answer_carries_its_safeguards];

async fn a_running_server_is_alive_and_ready(app: TestApp) {
    app.get("/healthz").await.with_status(204);
    app.get("/readyz").await.with_status(204);
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
