use std::any::Any;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use carnet_shared::{ErrorCode, PROBLEM_CONTENT_TYPE, Problem};
use tower_http::catch_panic::ResponseForPanic;
use tracing::Instrument;

use crate::app::App;
use crate::error::problem_response;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names the request, logs it, and writes the body of a problem, which says that name.
pub(crate) async fn finish(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = app.new_id();
    let is_head = request.method() == Method::HEAD;
    // The path without its query, which might hold what nobody meant to log.
    let span =
        tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
    let mut response = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), "answered"));
    if let Some(mut problem) = response.extensions_mut().remove::<Problem>() {
        problem.request_id = Some(id.clone());
        let body =
            if is_head { Vec::new() } else { serde_json::to_vec(&problem).unwrap_or_default() };
        response.headers_mut().remove(CONTENT_LENGTH);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_CONTENT_TYPE));
        *response.body_mut() = Body::from(body);
    }
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Answers for a handler that panicked: the process goes on, the caller learns nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Panicked;

impl ResponseForPanic for Panicked {
    type ResponseBody = Body;

    fn response_for_panic(&mut self, panic: Box<dyn Any + Send + 'static>) -> http::Response<Body> {
        let words = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no words");
        tracing::error!(panic = words, "a handler panicked");
        problem_response(Problem::new(ErrorCode::Internal))
    }
}
