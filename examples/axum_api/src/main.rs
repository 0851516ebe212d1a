//! A JSON API that has nothing to do with signing in: it runs in a process of its own and lets people in with
//! the access tokens that Carnet gave them. docs/resource-servers.md tells more.

mod notes;
mod settings;

use std::error::Error;
use std::process::ExitCode;

use axum::Router;
use axum::extract::FromRef;
use axum::http::Method;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::routing::get;
use carnet_verify::{ResourceServer, SetupError};
use clap::Parser;
use tokio::net::TcpListener;
use tower_http::cors::CorsLayer;

use crate::notes::Notes;
use crate::settings::Settings;

/// The state of the API: whom it trusts, and what it keeps.
#[derive(Clone, FromRef)]
struct Api {
    resource_server: ResourceServer,
    notes: Notes,
}

#[tokio::main]
async fn main() -> ExitCode {
    // Tells when Carnet's keys cannot be had.
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("axum-api: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Settings::parse();
    let routes = routes(&settings)?;
    let address = settings.address;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
    eprintln!("The API is ready on http://{}", listener.local_addr()?);
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    Ok(axum::serve(listener, routes).with_graceful_shutdown(stop).await?)
}

fn routes(settings: &Settings) -> Result<Router, SetupError> {
    // The keys are fetched at the first request with a token, so Carnet may start later.
    let resource_server = ResourceServer::new(&settings.issuer, &settings.audience)?;
    let cors = CorsLayer::new()
        .allow_origin(settings.allowed_origins.clone())
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE]);
    Ok(Router::new()
        .route("/", get(notes::count))
        .route("/notes", get(notes::list).post(notes::add))
        .with_state(Api { resource_server, notes: Notes::default() })
        // Outside of everything: the browser asks for permission before it sends the token.
        .layer(cors))
}
