//! The server of the example: an ordinary Leptos app on axum, with Carnet inside.
//!
//! Arguments are settings of Carnet, such as `server.address=127.0.0.1:4000`.
#![recursion_limit = "256"] // Views keep their types, and those of a whole page nest deeply.

use std::error::Error;
use std::path::Path;

use app::{App, AppState, TodoStore, shell};
use axum::Router;
use carnet_server::settings::{SettingSource, Settings};
use carnet_server::{PageGuard, api_router, serve_routes};
use leptos::config::get_configuration;
use leptos_axum::{LeptosRoutes, file_and_error_handler, generate_route_list};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = get_configuration(None)?.leptos_options;
    let store = TodoStore::open(Path::new("todos.db")).await?;
    let carnet = carnet_server::App::builder(settings()?).start().await?;

    let state = AppState { options, store };
    let routes = Router::new()
        .leptos_routes(&state, generate_route_list(App), {
            let options = state.options.clone();
            move || shell(options.clone())
        })
        .fallback(file_and_error_handler::<AppState, _>(shell))
        .with_state(state)
        .layer(PageGuard::app(&carnet, App).devices_at("/account"))
        .merge(api_router(&carnet));

    let listener = TcpListener::bind(carnet.settings.server.address).await?;
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    let serving = serve_routes(&carnet, routes, listener, stop)?;
    eprintln!("The app is ready on {}", carnet.settings.server.public_url.as_str());
    Ok(serving.task.await??)
}

fn settings() -> Result<Settings, Box<dyn Error>> {
    let assignments = std::env::args().skip(1).filter(|text| text.contains('=')).collect();
    let environment = std::env::vars().collect();
    let mut settings = Settings::read(&SettingSource { file: None, environment, assignments })?;
    // The app speaks one language, so its forms do too.
    settings.site.languages = vec!["en".to_owned()];
    Ok(settings)
}
