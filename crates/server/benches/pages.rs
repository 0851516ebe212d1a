//! What it costs to render Carnet's pages, beside the smallest page that leptos_axum renders.

use std::{env, fs, process};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE};
use axum::http::{Request, StatusCode};
use axum::routing::get;
use carnet_server::settings::{SettingSource, Settings};
use carnet_server::{App, router};
use criterion::{Criterion, criterion_group, criterion_main};
use leptos::prelude::*;
use leptos_axum::{generate_route_list, render_app_to_stream};
use tokio::runtime::Runtime;
use tower::ServiceExt;

const HOST_NAME: &str = "127.0.0.1:3000";
const ADA: &str = r#"{"email": "ada@example.org", "username": "ada",
    "password": "the kettle is on again", "delivery": "cookie"}"#;

fn pages(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("the system has threads");
    let folder = env::temp_dir().join(format!("carnet-bench-pages-{}", process::id()));
    fs::create_dir_all(&folder).expect("there is room for temporary files");
    let database = format!("database.url=sqlite://{}", folder.join("carnet.db").display());
    let assignments = vec![database, "limits.enabled=false".to_owned()];
    let source = SettingSource { file: None, environment: Vec::default(), assignments };
    let settings = Settings::read(&source).expect("these are settings");
    let app = runtime.block_on(App::builder(settings).start()).expect("Carnet starts");
    let carnet = router(&app);
    // Sets up Leptos for tokio.
    generate_route_list(|| ());
    let hello = Router::new().route("/hello", get(render_app_to_stream(hello)));
    let cookie = runtime.block_on(cookie(&carnet));
    let mut measure = |router: &Router, path: &str, cookie: &str| {
        criterion.bench_function(&format!("pages{path}"), |bench| {
            bench.iter(|| runtime.block_on(look(router, path, cookie)));
        });
    };
    measure(&hello, "/hello", "");
    measure(&carnet, "/login", "");
    measure(&carnet, "/profile", &cookie);
    measure(&carnet, "/sessions", &cookie);
    runtime.block_on(app.store.close());
    drop(app);
    fs::remove_dir_all(&folder).expect("it is ours");
}

fn hello() -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <title>"Hello"</title>
            </head>
            <body>
                <p>"Hello, world."</p>
            </body>
        </html>
    }
}

async fn cookie(router: &Router) -> String {
    let request = Request::post("/api/auth/register")
        .header(HOST, HOST_NAME)
        .header(ORIGIN, format!("http://{HOST_NAME}"))
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(ADA))
        .expect("it is a request");
    let answer = router.clone().oneshot(request).await.expect("it answers");
    assert_eq!(answer.status(), StatusCode::CREATED);
    let cookie = answer.headers()[SET_COOKIE].as_bytes();
    let pair = cookie.split(|byte| *byte == b';').next().unwrap_or_default();
    String::from_utf8(pair.to_vec()).expect("it is ASCII")
}

async fn look(router: &Router, path: &str, cookie: &str) {
    let request = Request::get(path)
        .header(HOST, HOST_NAME)
        .header(COOKIE, cookie)
        .body(Body::empty())
        .expect("it is a request");
    let answer = router.clone().oneshot(request).await.expect("it answers");
    assert_eq!(answer.status(), StatusCode::OK);
    to_bytes(answer.into_body(), usize::MAX).await.expect("it has a body");
}

criterion_group!(benches, pages);
criterion_main!(benches);
