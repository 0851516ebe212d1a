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
pub(crate) const MAX_BODY_BYTES: usize = 16 * 1024;

/// Everything, ready to be served: the API, the pages, and an answer to whatever else is asked for.
/// Give it the peer's address (`into_make_service_with_connect_info`), or all callers share their
/// limits.
///
/// An app that answers `/` or unknown addresses itself takes [`api_router`] and, with the feature
/// `ssr`, `pages_router` instead.
pub fn router(app: &Arc<App>) -> Router {
    #[cfg(feature = "ssr")]
    let routes = crate::site::add_site(api(app), app);
    #[cfg(not(feature = "ssr"))]
    let routes = api(app).fallback(not_found);
    finished(app, routes)
}

/// The API alone, for an app with pages of its own. It answers no other addresses, so it can be merged
/// with a router that has a fallback.
///
/// ```
/// use std::sync::Arc;
///
/// use axum::{Router, routing::get};
/// use carnet_server::{App, api_router};
///
/// fn own_app(carnet: &Arc<App>) -> Router {
///     Router::new()
///         .route("/", get(async || "My own start"))
///         .fallback(async || "My own word for what is not there")
///         .merge(api_router(carnet))
/// }
/// ```
pub fn api_router(app: &Arc<App>) -> Router {
    finished(app, api(app))
}

/// The pages to sign in, to register, and for the account, with the files that they need. Like
/// [`api_router`] it can be merged with a router that has a fallback; `/` is left to the app. The pages
/// are under `prefix`, such as `/account`; with `""` they are `/login`, `/register` and so on.
///
/// # Panics
/// When the prefix is no plain path, and when the pages of this Carnet have another place already.
///
/// ```
/// use std::sync::Arc;
///
/// use axum::{Router, routing::get};
/// use carnet_server::{App, api_router, pages_router};
///
/// fn own_app(carnet: &Arc<App>) -> Router {
///     Router::new()
///         .route("/", get(async || "My own start"))
///         .merge(api_router(carnet))
///         .merge(pages_router(carnet, "/account"))
/// }
/// ```
#[cfg(feature = "ssr")]
pub fn pages_router(app: &Arc<App>, prefix: &str) -> Router {
    pages_router_without(app, prefix, &[])
}

/// The same without the pages that the app has in its own way, each under the path of Carnet's: routes of the
/// app's own, with the forms of `carnet-leptos` behind a [`PageGuard`](crate::PageGuard). Carnet's other pages
/// lead there.
///
/// # Panics
/// As [`pages_router`].
///
/// ```
/// use std::sync::Arc;
///
/// use axum::Router;
/// use carnet_server::{App, CarnetPage, api_router, pages_router_without};
///
/// // `routes` answer `/account/login`.
/// fn own_app(carnet: &Arc<App>, routes: Router) -> Router {
///     routes
///         .merge(api_router(carnet))
///         .merge(pages_router_without(carnet, "/account", &[CarnetPage::Login]))
/// }
/// ```
#[cfg(feature = "ssr")]
pub fn pages_router_without(
    app: &Arc<App>,
    prefix: &str,
    own: &[crate::site::CarnetPage],
) -> Router {
    finished(app, crate::site::pages_and_files(app, prefix, own))
}

fn api(app: &App) -> Router<Arc<App>> {
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
    #[cfg(feature = "ssr")]
    let routes = crate::site::add_own_files(routes, app);
    match app.settings.compat.simplejwt {
        Simplejwt::Off => routes,
        Simplejwt::Rotating | Simplejwt::Static => routes
            .route(paths::TOKEN, token::post_only(token::obtain::obtain))
            .route(paths::TOKEN_REFRESH, token::post_only(token::refresh::refresh))
            .route(paths::TOKEN_VERIFY, token::post_only(token::verify::verify))
            .route(paths::TOKEN_BLACKLIST, token::post_only(token::blacklist::blacklist)),
    }
}

/// What stands around every handler of Carnet.
fn finished(app: &Arc<App>, routes: Router<Arc<App>>) -> Router {
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
