use std::convert::Infallible;
use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response};
use axum::response::IntoResponse;
use axum::routing::future::RouteFuture;
use carnet_shared::{ErrorCode, paths};
use futures::FutureExt;
use futures::future::Either;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tower::Service;

use super::registry::{Connection, now};
use crate::error::ApiError;

/// What the requests of one connection have in common.
#[derive(Debug, Clone)]
pub(super) struct Exchanges {
    pub(super) routes: Router,
    pub(super) peer: SocketAddr,
    pub(super) connection: Arc<Connection>,
}

impl Exchanges {
    /// Answers one request.
    ///
    /// # Errors
    /// When the connection was given to somebody else in the meantime.
    pub(super) fn answer(
        &self,
        request: Request<Incoming>,
    ) -> impl Future<Output = io::Result<Response<Answer>>> + Send + use<> {
        let connection = Arc::clone(&self.connection);
        if !connection.activity.request_begins(now) {
            return Either::Left(ready(Err(io::ErrorKind::ConnectionAborted.into())));
        }
        if connection.is_spare && !is_health_check(&request) {
            let refusal = ApiError::from(ErrorCode::Unavailable).into_response();
            return Either::Left(ready(Ok(begin_answer(refusal, connection))));
        }
        // No async block: to move the request through one costs some 600 instructions.
        let handled = self.handle(request);
        Either::Right(handled.map(|Ok(response)| Ok(begin_answer(response, connection))))
    }

    fn handle(&self, request: Request<Incoming>) -> RouteFuture<Infallible> {
        let mut request = request.map(|body| {
            if body.is_end_stream() {
                return Body::empty();
            }
            Body::new(Arriving { body, connection: Arc::clone(&self.connection) })
        });
        request.extensions_mut().insert(ConnectInfo(self.peer));
        // A router is always ready.
        Service::<Request<Body>>::call(&mut self.routes.clone(), request)
    }
}

fn begin_answer(mut response: Response<Body>, connection: Arc<Connection>) -> Response<Answer> {
    if connection.is_spare || connection.registry.is_draining() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    connection.activity.answer_begins();
    response.map(|body| Answer { body, connection })
}

fn is_health_check(request: &Request<Incoming>) -> bool {
    matches!(request.uri().path(), paths::HEALTHZ | paths::READYZ)
}

/// The body of a request, which tells whether it is being waited for.
#[derive(Debug)]
struct Arriving {
    body: Incoming,
    connection: Arc<Connection>,
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let activity = &self.connection.activity;
        match &polled {
            Poll::Pending => activity.body_waits(now),
            Poll::Ready(Some(Ok(frame))) => {
                activity.body_came(frame.data_ref().map_or(0, Bytes::len))
            }
            Poll::Ready(None | Some(Err(_))) => activity.body_came(0),
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Arriving {
    /// Nobody waits for the rest.
    fn drop(&mut self) {
        self.connection.activity.body_came(0);
    }
}

/// The body of an answer, which tells when all of it was handed over.
#[derive(Debug)]
pub(super) struct Answer {
    body: Body,
    connection: Arc<Connection>,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.connection.activity.answered(now());
    }
}
