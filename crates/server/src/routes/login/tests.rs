use std::path::PathBuf;

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, HOST, RETRY_AFTER};
use axum::response::Response;
use tower::Service;

use super::*;
use crate::random::{Random, SystemRandom};
use crate::routes::router;
use crate::settings::{SettingSource, Settings};

/// A server in a folder that is removed with it.
struct Served {
    app: Arc<App>,
    folder: PathBuf,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Served {
    async fn start() -> Self {
        let random: &dyn Random = &SystemRandom;
        let folder = std::env::temp_dir().join(format!("carnet-login-{}", random.text()));
        let assignments = vec![format!("database.url=sqlite://{}/carnet.db", folder.display())];
        let file = Some("/dev/null".into());
        let source = SettingSource { file, environment: Vec::new(), assignments };
        let mut settings = Settings::read(&source).unwrap();
        // The settings accept no cost that is so low.
        (settings.passwords.memory_kib, settings.passwords.iterations) = (8, 1);
        let app = App::builder(settings).start().await.unwrap();
        Self { app, folder }
    }

    async fn post(&self, path: &str, body: Body) -> Response {
        let request = Request::post(path)
            .header(HOST, "127.0.0.1:3000")
            .header(CONTENT_TYPE, "application/json")
            .body(body)
            .unwrap();
        router(&self.app).call(request).await.unwrap()
    }
}

/// A body that must not be looked at.
fn unread() -> Body {
    Body::from_stream(futures::stream::poll_fn(
        |_| -> std::task::Poll<Option<Result<Vec<u8>, std::io::Error>>> { panic!("it was read") },
    ))
}

#[tokio::test]
async fn a_flood_is_turned_away_unread_and_costs_nobody_a_try() {
    let served = Served::start().await;
    let body =
        r#"{"email": "ada@example.org", "username": "ada", "password": "the kettle is on again"}"#;
    assert_eq!(served.post("/api/auth/register", Body::from(body)).await.status(), 201);
    let login = r#"{"login": "ada", "password": "the kettle is on again"}"#;
    let mut flood = Vec::new();
    while let Ok(place) = served.app.passwords.place() {
        flood.push(place);
    }
    for path in ["/api/auth/login", "/api/auth/register"] {
        let answer = served.post(path, unread()).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()[RETRY_AFTER]),
            (503, &"1".parse().unwrap())
        );
    }
    // The place that was free when the head was read may be taken when the body has been.
    let request = LoginRequest {
        login: "ada".to_owned(),
        password: carnet_shared::Secret::new("the kettle is on again"),
        remember: None,
        delivery: None,
        resource: None,
    };
    let caller = Caller {
        request_id: uuid::Uuid::nil(),
        address: [203, 0, 113, 1].into(),
        address_text: "203.0.113.1".to_owned(),
        user_agent: String::new(),
    };
    // More often than an account may be tried with wrong passwords.
    for _ in 0..6 {
        let (cookies, request) = (Cookies::none(), request.clone());
        let refused = sign_in(&served.app, &caller, &cookies, request, Api::Carnet).await;
        assert_eq!(refused.unwrap_err().code(), ErrorCode::Unavailable);
    }
    drop(flood);
    let signed_in = sign_in(&served.app, &caller, &Cookies::none(), request, Api::Carnet).await;
    assert_eq!(signed_in.unwrap().status, 200);
    assert_eq!(served.post("/api/auth/login", Body::from(login)).await.status(), 200);
}
