use axum::extract::Request;
use axum::http::header::HOST;
use carnet_shared::paths;

use crate::app::App;

/// Whether a request is meant for us: we answer only for the hosts that the deployment is known by,
/// so that no page of another name reaches a server behind a firewall (DNS rebinding). Health checks
/// come by address.
pub(super) fn is_for_us(app: &App, request: &Request) -> bool {
    let path = request.uri().path();
    path == paths::HEALTHZ || path == paths::READYZ || is_known(app, request)
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
