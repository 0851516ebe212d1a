use std::path::PathBuf;

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN, RETRY_AFTER};
use axum::response::Response;
use tower::Service;

use super::*;
use crate::clock::Clock;
use crate::passwords::Place;
use crate::random::{Random, SystemRandom};
use crate::routes::router;
use crate::settings::{SettingSource, Settings};

/// So that no bucket is refilled while a test runs.
#[derive(Debug)]
struct StoppedClock;

impl Clock for StoppedClock {
    fn now_millis(&self) -> i64 {
        1_800_000_000_000
    }

    fn monotonic_millis(&self) -> i64 {
        0
    }
}

const HERE: &str = "127.0.0.1:3000";

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
        let assignments = vec![
            format!("database.url=sqlite://{}/carnet.db", folder.display()),
            "passwords.max_concurrent=1".to_owned(),
            "compat.simplejwt=rotating".to_owned(),
        ];
        let file = Some("/dev/null".into());
        let source = SettingSource { file, environment: Vec::new(), assignments };
        let mut settings = Settings::read(&source).unwrap();
        // The settings accept no cost that is so low.
        (settings.passwords.memory_kib, settings.passwords.iterations) = (8, 1);
        let app = App::builder(settings).clock(Arc::new(StoppedClock)).start().await.unwrap();
        Self { app, folder }
    }

    async fn post(&self, path: &str, content_type: &str, body: Body) -> Response {
        let request = Request::post(path)
            .header(HOST, HERE)
            .header(ORIGIN, format!("http://{HERE}"))
            .header(CONTENT_TYPE, content_type)
            .body(body)
            .unwrap();
        router(&self.app).call(request).await.unwrap()
    }

    async fn registered(&self) {
        let body = r#"{"email": "ada@example.org", "username": "ada", "password": "the kettle is on again"}"#;
        assert_eq!(self.post("/api/auth/register", JSON, Body::from(body)).await.status(), 201);
    }

    /// As many as there is room for.
    fn flood(&self) -> Vec<Place> {
        let room = RoomForPassword::for_command();
        std::iter::from_fn(|| self.app.passwords.place(&room).ok()).collect()
    }
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A body that must not be looked at.
fn unread() -> Body {
    Body::from_stream(futures::stream::poll_fn(
        |_| -> std::task::Poll<Option<Result<Vec<u8>, std::io::Error>>> { panic!("it was read") },
    ))
}

/// Every request that has a password hashed.
const WAYS: &[(&str, &str)] = &[
    ("/api/auth/login", JSON),
    ("/api/auth/register", JSON),
    ("/api/me/password", JSON),
    ("/api/token/", JSON),
    ("/api/token/", FORM),
    #[cfg(feature = "ssr")]
    ("/login", FORM),
    #[cfg(feature = "ssr")]
    ("/register", FORM),
    #[cfg(feature = "ssr")]
    ("/profile", FORM),
];

#[tokio::test]
async fn a_flood_is_turned_away_unread_whichever_way_it_comes() {
    let served = Served::start().await;
    let flood = served.flood();
    for (path, content_type) in WAYS {
        let answer = served.post(path, content_type, unread()).await;
        let retry_after = answer.headers().get(RETRY_AFTER).map(|value| value.as_bytes());
        assert_eq!((answer.status().as_u16(), retry_after), (503, Some(&b"1"[..])), "{path}");
    }
    drop(flood);
    for (path, content_type) in WAYS {
        let answer = served.post(path, content_type, Body::from("junk")).await;
        assert!(answer.status().as_u16() < 500, "{path}");
    }
}

#[tokio::test]
async fn a_flood_costs_nobody_an_attempt() {
    let served = Served::start().await;
    served.registered().await;
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
    let (cookies, device) = (Cookies::none(), DeviceCookie::none());
    let client = Client { caller: &caller, cookies: &cookies, device: &device, api: Api::Carnet };
    // The place that was free when the head was read may be taken when the body has been.
    let room = RoomForPassword::for_command();
    let flood = served.flood();
    // More often than an account may be tried with wrong passwords.
    for _ in 0..6 {
        let refused = sign_in(&served.app, &room, &client, request.clone()).await;
        assert_eq!(refused.unwrap_err().code(), ErrorCode::Unavailable);
    }
    drop(flood);
    let signed_in = sign_in(&served.app, &room, &client, request).await;
    assert_eq!(signed_in.unwrap().status, 200);
}

#[tokio::test]
async fn a_flood_of_invented_names_from_one_address_keeps_nothing_of_what_it_was_refused() {
    let served = Served::start().await;
    for number in 0..200 {
        let login = format!(r#"{{"login": "nobody{number}", "password": "not the kettle"}}"#);
        served.post("/api/auth/login", JSON, Body::from(login)).await;
        let registration = format!(
            r#"{{"email": "nobody{number}@example.org", "username": "nobody{number}", "password": "passwordpassword"}}"#
        );
        served.post("/api/auth/register", JSON, Body::from(registration)).await;
    }
    // Thirty sign-ins, each with its account here and anywhere, and twenty registrations.
    assert_eq!(served.app.limits.count_of_subjects(), 30 * 2 + 20);
}

/// An easy password is refused before it is hashed, and not before a hashing thread has time for it.
#[tokio::test]
async fn a_new_password_is_judged_by_the_hashing_threads_alone() {
    let served = Served::start().await;
    let go_on = served.app.passwords.held_up().await;
    let body = r#"{"email": "ada@example.org", "username": "ada", "password": "passwordpassword"}"#;
    let mut registering = Box::pin(served.post("/api/auth/register", JSON, Body::from(body)));
    while served.app.passwords.handed_over() < 2 {
        assert!(futures::poll!(&mut registering).is_pending());
        tokio::task::yield_now().await;
    }
    go_on.send(()).unwrap();
    assert_eq!(registering.await.status(), 422);
}
