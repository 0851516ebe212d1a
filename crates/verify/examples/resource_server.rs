//! A service that lets people in with Carnet's access tokens. docs/resource-servers.md tells how
//! to try it.
//!
//! `ISSUER` is the Carnet to trust, `ADDRESS` where to listen; `http://ADDRESS` is the audience.

use std::error::Error;

use axum::extract::FromRef;
use axum::routing::get;
use axum::{Json, Router};
use carnet_verify::{Authenticated, Denied, ResourceServer};
use serde_json::{Value, json};

/// The state of this app; a real one has a database in it too.
#[derive(Debug, Clone, FromRef)]
struct Shop {
    resource_server: ResourceServer,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = setting("ISSUER", "http://127.0.0.1:3000");
    let address = setting("ADDRESS", "127.0.0.1:4000");
    let resource_server = ResourceServer::new(&issuer, &format!("http://{address}"))?;

    let editors = Router::new()
        .route("/drafts", get(async || "Three drafts."))
        .route_layer(resource_server.require_role("editor"));
    let app = Router::new()
        .route("/", get(async || "Everybody may read this."))
        .route("/greeting", get(greeting))
        .route("/orders", get(orders))
        .route("/prices", get(prices))
        .merge(editors)
        .with_state(Shop { resource_server });

    let listener = tokio::net::TcpListener::bind(&address).await?;
    eprintln!("http://{address} trusts {issuer}");
    Ok(axum::serve(listener, app).await?)
}

/// For everybody, but it knows those who are signed in.
async fn greeting(who: Option<Authenticated>) -> String {
    who.map_or("Hello.".to_owned(), |who| format!("Hello, {}.", who.username))
}

/// For those who are signed in: the argument protects the route.
async fn orders(who: Authenticated) -> Json<Value> {
    Json(json!({ "customer": who.sub, "orders": [] }))
}

/// For sellers: the role decides inside of the handler.
async fn prices(who: Authenticated) -> Result<&'static str, Denied> {
    who.require_role("seller")?;
    Ok("A kettle is 30.")
}

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}
