use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::connections::{ConnectionLimits, accept_until, raise_descriptor_limit};
use crate::follow::follow_changes;
use crate::housekeeping::keep_house;
use crate::routes::router;

/// What is being served.
#[derive(Debug)]
pub struct Serving {
    /// Where.
    pub address: SocketAddr,
    /// Ends when the server does.
    pub task: JoinHandle<io::Result<()>>,
}

/// Serves Carnet on a listener until `stop` is ready, then finishes what is in flight.
///
/// # Errors
/// When the listener has no address.
pub fn serve(
    app: &Arc<App>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<Serving> {
    serve_routes(app, router(app), listener, stop)
}

/// The same for an app of your own, into which [`router`] is merged.
///
/// # Errors
/// When the listener has no address.
pub fn serve_routes(
    app: &Arc<App>,
    routes: Router,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<Serving> {
    raise_descriptor_limit();
    let limits = ConnectionLimits::new(&app.settings.server);
    serve_within(limits, app, routes, listener, stop)
}

/// The same within other limits than those of the settings.
///
/// # Errors
/// When the listener has no address.
pub fn serve_within(
    limits: ConnectionLimits,
    app: &Arc<App>,
    routes: Router,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<Serving> {
    let address = listener.local_addr()?;
    let changes = tokio::spawn(follow_changes(Arc::clone(app)));
    let house = tokio::spawn(keep_house(Arc::clone(app)));
    let app = Arc::clone(app);
    let task = tokio::spawn(async move {
        let closed = Arc::clone(&app.closed_connections);
        accept_until(stop, listener, routes, limits, closed).await;
        changes.abort();
        house.abort();
        app.record_refusals().await;
        app.store.close().await;
        Ok(())
    });
    Ok(Serving { address, task })
}

/// Serves what operators see, for as long as the process runs.
pub(crate) fn serve_operators(app: &Arc<App>, routes: Router, listener: TcpListener) {
    let limits = ConnectionLimits::for_operators(&app.settings.server);
    let closed = Arc::clone(&app.closed_connections);
    // It ends with the process: what is counted does too.
    tokio::spawn(accept_until(std::future::pending(), listener, routes, limits, closed));
}
