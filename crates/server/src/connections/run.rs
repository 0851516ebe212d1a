use std::pin::pin;
use std::sync::Arc;

use carnet_shared::ErrorCode;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

use super::activity::WaitsFor;
use super::exchange::Exchanges;
use super::refusal::refuse;
use super::registry::Place;
use super::stream::WatchedStream;
use crate::counts::Counts;

/// What a connection may hold of a head, a body or an answer at once: twice of what the largest
/// cookies and tokens of a browser come to together.
const BUFFER_BYTES: usize = 32 * 1024;

/// Serves a connection until it ends or is overdue.
pub(super) async fn run(
    socket: TcpStream,
    place: Place,
    exchanges: Exchanges,
    closed: Arc<Counts>,
) {
    let connection = Arc::clone(&place.connection);
    let service = service_fn(move |request| exchanges.answer(request));
    let io = TokioIo::new(WatchedStream::new(socket, place));
    // Times are kept here: hyper has a limit for heads, none for bodies, idle connections or answers.
    let mut http = http1::Builder::new()
        .max_buf_size(BUFFER_BYTES)
        .header_read_timeout(None)
        .serve_connection(io, service)
        .with_upgrades();
    let mut sleep = pin!(sleep_until(Instant::now()));
    loop {
        tokio::select! {
            biased;
            _ended = &mut http => return connection.activity.upgraded(),
            () = sleep.as_mut() => match connection.next_look() {
                Some(time) => sleep.as_mut().reset(Instant::now() + time),
                None => break,
            },
        }
    }
    // Before the request is dropped, with which all waiting ends.
    let waits_for = connection.activity.waits_for();
    let socket = http.into_parts().map(|parts| parts.io.into_inner().socket);
    give_up(waits_for, socket, &closed);
}

/// Closes a connection that is overdue, and says why where an answer is waited for.
fn give_up(waits_for: WaitsFor, socket: Option<TcpStream>, closed: &Counts) {
    let (reason, code) = match waits_for {
        WaitsFor::Request => ("idle", None),
        WaitsFor::Taking => ("answer_not_taken", None),
        WaitsFor::Sending => ("request_too_slow", Some(ErrorCode::RequestTimeout)),
        WaitsFor::Us => {
            tracing::warn!("a request was given up after server.request_timeout");
            ("answer_too_slow", Some(ErrorCode::Unavailable))
        }
    };
    closed.count(reason);
    if let Some((socket, code)) = socket.zip(code) {
        refuse(&socket, code);
    }
}
