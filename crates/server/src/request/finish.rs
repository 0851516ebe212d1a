use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use carnet_shared::{ErrorCode, PROBLEM_CONTENT_TYPE, Problem};
use futures::FutureExt;
use tracing::Instrument;
use uuid::Uuid;

use super::headers::{put_over, security_headers};
use super::host::Addressed;
use super::ids::RequestIds;
use crate::app::App;
use crate::error::{ApiError, problem_response};

/// Names the request in the answer.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The name of a request, for its handler.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestId(pub(super) Uuid);

/// What is the same around every handler.
#[derive(Debug)]
pub(crate) struct Surroundings {
    app: Arc<App>,
    ids: RequestIds,
    headers: HeaderMap,
}

impl Surroundings {
    pub(crate) fn new(app: &Arc<App>) -> Self {
        Self {
            ids: RequestIds::new(Arc::clone(&app.random)),
            headers: security_headers(&app.settings.server),
            app: Arc::clone(app),
        }
    }
}

/// Stands around every handler: names the request and logs it, writes the body of a problem, which
/// says that name, and adds the headers that every answer carries. One layer, because each costs a
/// few allocations for every request.
pub(crate) async fn finish(
    State(around): State<Arc<Surroundings>>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = around.ids.next(around.app.clock.coarse_millis());
    request.extensions_mut().insert(RequestId(id));
    let id = id.to_string();
    let is_head = request.method() == Method::HEAD;
    // The path without its query, which might hold what nobody meant to log; and quoted, since it
    // might hold what steers a terminal.
    let (method, path) = (request.method(), request.uri().path());
    let span = tracing::info_span!("request", %id, %method, path);
    let mut response = answer(&around.app, request, next).instrument(span.clone()).await;
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), "answered"));
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        write_problem(&mut response, problem, &id, is_head);
    }
    put_over(&around.headers, response.headers_mut());
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The handler's answer, if the request is meant for us and the handler gives one.
async fn answer(app: &App, request: Request, next: Next) -> Response {
    match Addressed::to(&app.settings.server, &request) {
        Addressed::PublicUrl => {}
        Addressed::OtherName => {
            #[cfg(feature = "ssr")]
            if let Some(response) = crate::site::lead_to_public_url(app, &request) {
                return response;
            }
        }
        Addressed::Elsewhere => return ApiError::from(ErrorCode::Misdirected).into_response(),
        Addressed::Unclear => return ApiError::from(ErrorCode::MalformedRequest).into_response(),
    }
    // What a handler shares with others lies behind locks, all of which take poison for granted.
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => after_panic(panic.as_ref()),
    }
}

fn write_problem(response: &mut Response, mut problem: Problem, id: &str, is_head: bool) {
    problem.request_id = Some(id.to_owned());
    let body = if is_head { Vec::new() } else { serde_json::to_vec(&problem).unwrap_or_default() };
    response.headers_mut().remove(CONTENT_LENGTH);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_CONTENT_TYPE));
    *response.body_mut() = Body::from(body);
}

/// Answers for a handler that panicked: the process goes on, the caller learns nothing.
fn after_panic(panic: &(dyn Any + Send)) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no words");
    tracing::error!(panic = words, "a handler panicked");
    problem_response(Problem::new(ErrorCode::Internal))
}
