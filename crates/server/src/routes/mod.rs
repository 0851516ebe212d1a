//! The table of routes: every address that Carnet answers.

pub(crate) mod health;
pub(crate) mod introspect;
pub(crate) mod jwks;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod me;
pub(crate) mod metadata;
pub(crate) mod metrics;
pub(crate) mod password;
pub(crate) mod refresh;
pub(crate) mod register;
pub(crate) mod revoke;
pub(crate) mod session;
pub(crate) mod sessions;
pub(crate) mod token;
pub(crate) mod verify;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};
use carnet_shared::{ErrorCode, paths};
use tower::ServiceBuilder;
use tower_http::cors::CorsLayer;

use crate::app::App;
use crate::error::ApiError;
use crate::request::{REQUEST_ID, Surroundings, finish};
use crate::settings::Simplejwt;

/// No body that makes sense comes near.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// Everything, ready to be served. Give it the peer's address
/// (`into_make_service_with_connect_info`), or all callers share their limits.
pub fn router(app: &Arc<App>) -> Router {
    let routes = Router::new()
        .route(paths::REGISTER, post(register::register))
        .route(paths::LOGIN, post(login::login))
        .route(paths::REFRESH, post(refresh::refresh))
        .route(paths::LOGOUT, post(logout::logout))
        .route(paths::SESSION, get(session::session))
        .route(paths::VERIFY, post(verify::verify))
        .route(paths::INTROSPECT, post(introspect::introspect))
        .route(paths::REVOKE, post(revoke::revoke))
        .route(paths::ME, get(me::me).patch(me::update))
        .route(paths::PASSWORD, post(password::change_password))
        .route(paths::SESSIONS, get(sessions::list).delete(sessions::end_others))
        .route(&format!("{}/{{id}}", paths::SESSIONS), delete(sessions::end))
        .route(paths::JWKS, get(jwks::jwks))
        .route(paths::METADATA, get(metadata::metadata))
        .route(paths::HEALTHZ, get(health::healthz))
        .route(paths::READYZ, get(health::readyz));
    let routes = match app.settings.compat.simplejwt {
        Simplejwt::Off => routes,
        Simplejwt::Rotating | Simplejwt::Static => routes
            .route(paths::TOKEN, token::post_only(token::obtain::obtain))
            .route(paths::TOKEN_REFRESH, token::post_only(token::refresh::refresh))
            .route(paths::TOKEN_VERIFY, token::post_only(token::verify::verify))
            .route(paths::TOKEN_BLACKLIST, token::post_only(token::blacklist::blacklist)),
    };
    #[cfg(feature = "ssr")]
    let routes = crate::site::add_pages(routes, app);
    #[cfg(not(feature = "ssr"))]
    let routes = routes.fallback(not_found);
    let around = ServiceBuilder::new()
        .layer(from_fn_with_state(Arc::new(Surroundings::new(app)), finish))
        .option_layer(cors(app))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
    routes.method_not_allowed_fallback(method_not_allowed).layer(around).with_state(Arc::clone(app))
}

/// What scripts of other origins may send: the token and the type of the body, what libraries add to
/// every request, and the context of a trace (W3C Trace Context, Baggage).
const ALLOWED_HEADERS: [HeaderName; 6] = [
    AUTHORIZATION,
    CONTENT_TYPE,
    HeaderName::from_static("x-requested-with"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("baggage"),
];

/// Nothing lives there.
pub(crate) async fn not_found() -> ApiError {
    ErrorCode::NotFound.into()
}

async fn method_not_allowed() -> ApiError {
    ErrorCode::MethodNotAllowed.into()
}

/// Scripts of the origins that the deployment names may call the API with a bearer token; never
/// with cookies. Where it names none, nothing need be looked at.
fn cors(app: &App) -> Option<CorsLayer> {
    let origins = app.settings.server.allowed_origins.iter();
    let origins = origins.filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok());
    let origins: Vec<HeaderValue> = origins.collect();
    (!origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
            .allow_headers(ALLOWED_HEADERS)
            .expose_headers([RETRY_AFTER, WWW_AUTHENTICATE, REQUEST_ID])
    })
}
