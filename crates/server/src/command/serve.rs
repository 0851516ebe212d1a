use std::env;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::output::say;
use super::{CommandError, start};
use crate::routes::metrics::metrics_router;
use crate::serve::{serve, serve_operators};
use crate::settings::Settings;

/// How long the process may take to end after the server has.
const EXIT: Duration = Duration::from_secs(1);

/// Serves until it is told to stop.
pub(super) async fn run(settings: Settings) -> Result<(), CommandError> {
    log_to_standard_error();
    let (wanted, public_url) =
        (settings.server.address, settings.server.public_url.as_str().to_owned());
    if settings.passwords.min_length < 15 {
        tracing::warn!("passwords.min_length is below 15, which is too short for the only factor");
    }
    // Before anything is made: a taken port must not leave a database behind.
    let listener = TcpListener::bind(wanted).await.map_err(|error| CommandError::Io {
        what: format!("server.address: cannot listen on {wanted}"),
        error,
    })?;
    let metrics = match settings.metrics.address {
        None => None,
        Some(address) => {
            let bound = TcpListener::bind(address).await;
            Some(bound.map_err(|error| CommandError::Io {
                what: format!("metrics.address: cannot listen on {address}"),
                error,
            })?)
        }
    };
    let app = start(settings).await?;
    if let Some(listener) = metrics {
        serve_operators(&app, metrics_router(&app), listener);
    }
    let stop = stop_signal()?;
    let io = |error| CommandError::Io { what: format!("serving on {wanted}"), error };
    let serving = serve(&app, listener, stop).map_err(io)?;
    say(&format!("Carnet is ready on {public_url} (listening on {})", serving.address))?;
    let result = serving.task.await;
    tokio::time::timeout(EXIT, app.store.close()).await.ok();
    match result {
        Ok(result) => result.map_err(io),
        Err(error) => Err(CommandError::Refused(error.to_string())),
    }
}

/// Comes true with the first Ctrl-C or SIGTERM.
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, CommandError> {
    let io = |error| CommandError::Io { what: "signals".to_owned(), error };
    let mut interrupt = signal(SignalKind::interrupt()).map_err(io)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(io)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
        }
    })
}

/// What is logged is chosen with `RUST_LOG`; by default the server's own events and all warnings. By
/// target and level alone: a filter that knows spans looks at each of them several times a request.
fn log_to_standard_error() {
    let usual =
        || Targets::new().with_default(Level::WARN).with_target("carnet_server", Level::INFO);
    let wished = env::var("RUST_LOG").unwrap_or_default();
    let wished: Vec<&str> =
        wished.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let (filter, fault) = match wished.join(",").parse() {
        _ if wished.is_empty() => (usual(), None),
        Ok(filter) => (filter, None),
        Err(error) => (usual(), Some(error)),
    };
    let writing = fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    tracing_subscriber::registry().with(filter).with(writing).init();
    if let Some(error) = fault {
        tracing::warn!(%error, "RUST_LOG cannot be read, so it is as if there were none");
    }
}
