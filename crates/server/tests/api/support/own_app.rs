//! Apps of somebody's own with Carnet inside, served and looked at.

use std::net::SocketAddr;

use axum::Router;
use carnet_leptos::{CarnetProvider, CarnetStyle};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list};
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;

use super::{Answer, PASSWORD, TestApp};

pub(crate) async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    url
}

/// The pages of a Leptos app, in the document that every such app has around them.
pub(crate) fn leptos_pages<V: IntoView + 'static>(pages: fn() -> V) -> Router {
    let options = LeptosOptions::builder().output_name("app").build();
    let routes = generate_route_list(pages);
    let shell = move || {
        view! {
            <!DOCTYPE html>
            <html>
                <head></head>
                <body>
                    <CarnetProvider>
                        <CarnetStyle />
                        {pages()}
                    </CarnetProvider>
                </body>
            </html>
        }
    };
    Router::new().leptos_routes(&options, routes, shell).with_state(options)
}

pub(crate) async fn look(carnet: &TestApp, url: &str, cookie: &str) -> Answer {
    // Carnet answers for its own address only, which here is another one.
    let host = carnet.url.trim_start_matches("http://");
    let request = carnet.client.request(Method::GET, url).header("host", host);
    let request = request.header("cookie", cookie);
    Answer::read(request.send().await.unwrap()).await
}

/// Signs Ada in as a browser does.
pub(crate) async fn cookie_of_ada(carnet: &TestApp) -> String {
    carnet.registered("ada").await;
    let body = json!({"login": "ada", "password": PASSWORD, "delivery": "cookie"});
    pair(&carnet.post_from_page("/api/auth/login", "", &body).await.with_status(200))
}

/// The name and value of the first cookie of an answer.
pub(crate) fn pair(answer: &Answer) -> String {
    answer.cookies()[0].split(';').next().unwrap().to_owned()
}
