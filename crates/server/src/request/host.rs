use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use carnet_shared::{ErrorCode, paths};

use crate::app::App;
use crate::error::ApiError;

/// Answers only for the hosts that the deployment is known by, so that no page of another name
/// reaches a server behind a firewall (DNS rebinding). Health checks come by address.
pub(crate) async fn require_known_host(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let is_health_check = path == paths::HEALTHZ || path == paths::READYZ;
    if is_health_check || is_known(&app, &request) {
        next.run(request).await
    } else {
        ApiError::from(ErrorCode::Misdirected).into_response()
    }
}

fn is_known(app: &App, request: &Request) -> bool {
    // HTTP/2 puts the host into the address.
    let host = match request.uri().authority() {
        Some(authority) => authority.as_str(),
        None => request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default(),
    };
    let server = &app.settings.server;
    host.eq_ignore_ascii_case(server.public_url.authority())
        || server.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
}
