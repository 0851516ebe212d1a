use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use carnet_shared::ErrorCode;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use super::exchange::Exchanges;
use super::limits::ConnectionLimits;
use super::refusal::refuse;
use super::registry::Registry;
use super::run::run;
use crate::counts::Counts;

/// The first pause after the system could not give us a connection; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Between two looks at what is still at work while the server stops.
const DRAIN_LOOK: Duration = Duration::from_millis(10);

/// Serves the connections of a listener until `stop` is ready; then closes those that wait, and gives
/// those at work their time to finish.
pub(crate) async fn accept_until(
    stop: impl Future<Output = ()>,
    listener: TcpListener,
    routes: Router,
    limits: ConnectionLimits,
    closed: Arc<Counts>,
) {
    let registry = Registry::new(limits);
    // Once for all connections, not for each request.
    let routes = routes.with_state(());
    let mut stop = pin!(stop);
    let mut pause = FIRST_PAUSE;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.as_mut() => break,
        };
        match accepted {
            Ok((socket, peer)) => {
                pause = FIRST_PAUSE;
                let Some(place) = registry.take(peer.ip()) else {
                    closed.count("too_many");
                    refuse(&socket, ErrorCode::Unavailable);
                    continue;
                };
                let connection = Arc::clone(&place.connection);
                let exchanges =
                    Exchanges { routes: routes.clone(), peer, connection: Arc::clone(&connection) };
                let task = tokio::spawn(run(socket, place, exchanges, Arc::clone(&closed)));
                connection.served_by(task.abort_handle());
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                closed.count("not_accepted");
                if pause == FIRST_PAUSE {
                    tracing::error!(%error, "connections cannot be accepted at the moment");
                }
                registry.make_room();
                tokio::select! {
                    () = sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                    () = stop.as_mut() => break,
                }
            }
        }
    }
    drop(listener);
    drain(&registry).await;
}

async fn drain(registry: &Registry) {
    let end = Instant::now() + registry.limits.drain;
    while !registry.drain() && Instant::now() < end {
        sleep(DRAIN_LOOK).await;
    }
    registry.end_all();
}

/// Whether a connection failed before it was ours, which says nothing about the next one.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
