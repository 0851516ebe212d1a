use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::CommandError;
use super::output::say;
use crate::app::App;
use crate::keys::GivenSecrets;
use crate::routes::metrics::metrics_router;
use crate::serve::{serve, serve_operators};
use crate::settings::Settings;

/// How long the process may take to end after the server has.
const EXIT: Duration = Duration::from_secs(1);

/// Serves until it is told to stop.
pub(super) async fn run(settings: Settings, secrets: GivenSecrets) -> Result<(), CommandError> {
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
    let app = App::builder(settings).secrets(secrets).start().await?;
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
