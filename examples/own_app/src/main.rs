//! An app with pages of its own and Carnet inside; docs/embedding.md tells more.
//!
//! Arguments are settings, such as `server.address=127.0.0.1:4000`.

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use carnet_server::settings::{SettingSource, Settings};
use carnet_server::{App, PageGuard, PageVisitor, router, serve_routes};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let assignments = std::env::args().skip(1).filter(|text| text.contains('=')).collect();
    let environment = std::env::vars().collect();
    let settings = Settings::read(&SettingSource { file: None, environment, assignments })?;
    let listener = TcpListener::bind(settings.server.address).await?;
    let carnet = App::builder(settings).start().await?;
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    let serving = serve_routes(&carnet, own_app(&carnet), listener, stop)?;
    eprintln!("The app is ready on {}", carnet.settings.server.public_url.as_str());
    Ok(serving.task.await??)
}

fn own_app(carnet: &Arc<App>) -> Router {
    let members = Router::new().route("/orders", get(orders)).route_layer(PageGuard::user(carnet));
    let staff = Router::new()
        .route("/ledger", get(async || page("Only bookkeepers read this.")))
        .route_layer(PageGuard::role(carnet, "bookkeeper"));
    Router::new()
        .route("/shop", get(shop))
        .merge(members)
        .merge(staff)
        .with_state(Arc::clone(carnet))
        .merge(router(carnet))
}

/// For everybody; greets whoever is signed in.
async fn shop(PageVisitor(auth): PageVisitor) -> Html<String> {
    page(&auth.user().map_or("Hello.".to_owned(), |user| format!("Hello, {}.", user.username)))
}

/// Behind a guard somebody is signed in, always.
async fn orders(PageVisitor(auth): PageVisitor) -> Html<String> {
    let username = auth.user().map(|user| user.username.as_str()).unwrap_or_default();
    page(&format!("The orders of {username}"))
}

/// Usernames and the texts above hold nothing that HTML would take for markup.
fn page(text: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>{text}</title>\
         <link rel=icon href=/favicon.svg><h1>{text}</h1>"
    ))
}
