use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use carnet_shared::ErrorCode;

use super::MediaType;
use crate::app::App;
use crate::error::ApiError;

/// This is no form that a page of another site has a browser send. Only what a page may send without
/// asking first is looked at: JSON of another origin is refused by the browser itself, unless the
/// deployment allows the origin. Programs send neither `Origin` nor `Sec-Fetch-Site`.
#[derive(Debug)]
pub(crate) struct NoForeignForm;

impl FromRequestParts<Arc<App>> for NoForeignForm {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        if MediaType::of(&parts.headers) == MediaType::Json || is_allowed(parts, app) {
            Ok(Self)
        } else {
            Err(ErrorCode::CrossSite.into())
        }
    }
}

fn is_allowed(parts: &Parts, app: &App) -> bool {
    let server = &app.settings.server;
    match parts.headers.get(ORIGIN) {
        Some(origin) => std::iter::once(&server.public_url)
            .chain(&server.allowed_origins)
            .any(|allowed| allowed.as_str().as_bytes() == origin.as_bytes()),
        None => match parts.headers.get("sec-fetch-site") {
            Some(site) => site == "same-origin" || site == "none",
            None => true,
        },
    }
}
