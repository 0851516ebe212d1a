//! Whole requests without a network: what the routes and all that stands around them cost.

use std::{env, fs, io, process};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{Request, StatusCode};
use carnet_server::settings::{SettingSource, Settings};
use carnet_server::{App, router};
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Runtime;
use tower::ServiceExt;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

const ADA: &str =
    r#"{"email": "ada@example.org", "username": "ada", "password": "the kettle is on again"}"#;

fn requests(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("the system has threads");
    let folder = env::temp_dir().join(format!("carnet-bench-{}", process::id()));
    fs::create_dir_all(&folder).expect("there is room for temporary files");
    let database = format!("database.url=sqlite://{}", folder.join("carnet.db").display());
    let assignments = vec![database, "limits.enabled=false".to_owned()];
    let source = SettingSource { file: None, environment: Vec::default(), assignments };
    let settings = Settings::read(&source).expect("these are settings");
    // As `carnet serve` has it: requests are named, and these are not logged.
    let filter = Targets::new().with_default(Level::WARN).with_target("carnet_server", Level::INFO);
    let writing = fmt::layer().with_writer(io::stderr).with_ansi(false);
    tracing_subscriber::registry().with(filter).with(writing).init();
    let app = runtime.block_on(App::builder(settings).start()).expect("Carnet starts");
    let router = router(&app);
    let token = runtime.block_on(access_token(&router));
    for path in ["/.well-known/jwks.json", "/api/auth/session", "/api/me"] {
        criterion.bench_function(&format!("requests/{path}"), |bench| {
            bench.iter(|| runtime.block_on(get(&router, path, &token)));
        });
    }
    runtime.block_on(app.store.close());
    drop(app);
    fs::remove_dir_all(&folder).expect("it is ours");
}

async fn access_token(router: &Router) -> String {
    let request = Request::post("/api/auth/register")
        .header(HOST, "127.0.0.1:3000")
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(ADA))
        .expect("it is a request");
    let answer = router.clone().oneshot(request).await.expect("it answers");
    assert_eq!(answer.status(), StatusCode::CREATED);
    let body = to_bytes(answer.into_body(), usize::MAX).await.expect("it has a body");
    let body: serde_json::Value = serde_json::from_slice(&body).expect("it is JSON");
    body["access_token"].as_str().expect("there is one").to_owned()
}

async fn get(router: &Router, path: &str, token: &str) {
    let request = Request::get(path)
        .header(HOST, "127.0.0.1:3000")
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty())
        .expect("it is a request");
    let answer = router.clone().oneshot(request).await.expect("it answers");
    assert_eq!(answer.status(), StatusCode::OK);
}

criterion_group!(benches, requests);
criterion_main!(benches);
