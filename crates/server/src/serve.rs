use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::follow::follow_changes;
use crate::routes::router;

/// How long requests in flight may take after the server was told to stop.
const DRAIN: Duration = Duration::from_secs(8);

/// What is being served.
#[derive(Debug)]
pub struct Serving {
    /// Where.
    pub address: SocketAddr,
    /// Ends when the server does.
    pub task: JoinHandle<io::Result<()>>,
}

/// Serves Carnet on a listener until `stop` comes true, then finishes what is in flight.
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
    let address = listener.local_addr()?;
    let service = routes.into_make_service_with_connect_info::<SocketAddr>();
    let changes = tokio::spawn(follow_changes(Arc::clone(app)));
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        // Nobody waits where the server ended by itself.
        let _ = stopping.send(());
    });
    let app = Arc::clone(app);
    let task = tokio::spawn(async move {
        let overdue = async {
            // An error means that the server ended before it was told to.
            if stopped.await.is_ok() {
                tokio::time::sleep(DRAIN).await;
            } else {
                std::future::pending::<()>().await;
            }
        };
        let result = tokio::select! {
            result = server => result,
            () = overdue => Ok(()),
        };
        changes.abort();
        app.store.close().await;
        result
    });
    Ok(Serving { address, task })
}
