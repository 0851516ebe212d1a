use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use axum::response::IntoResponse;
use carnet_shared::paths;
use serde_json::json;

use crate::app::App;

/// GET `/.well-known/oauth-authorization-server` (RFC 8414): where services find the keys and what
/// they may ask. There is no `token_endpoint`: signing in and refreshing are Carnet's own JSON API
/// and no grant of OAuth, so no grant and no response type is offered either.
pub(crate) async fn metadata(State(app): State<Arc<App>>) -> impl IntoResponse {
    let at = |path: &str| format!("{}{path}", app.settings.server.public_url.as_str());
    let mut metadata = json!({
        "issuer": app.settings.tokens.issuer,
        "jwks_uri": at(paths::JWKS),
        "revocation_endpoint": at(paths::REVOKE),
        "revocation_endpoint_auth_methods_supported": ["none"],
        "response_types_supported": [],
        "grant_types_supported": [],
    });
    if app.settings.tokens.introspection_secret.is_some() {
        metadata["introspection_endpoint"] = at(paths::INTROSPECT).into();
        metadata["introspection_endpoint_auth_methods_supported"] =
            json!(["client_secret_basic", "client_secret_post"]);
    }
    let headers = [(CACHE_CONTROL, "public, max-age=300"), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (headers, Json(metadata))
}
