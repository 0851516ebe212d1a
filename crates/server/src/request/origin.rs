use axum::http::HeaderMap;
use axum::http::header::ORIGIN;
use carnet_shared::ErrorCode;

use crate::app::App;
use crate::error::ApiError;

/// Demands that a request which reads or sets a cookie comes from a page of ours: `Origin` equal to
/// the public address, or where there is no `Origin`, `Sec-Fetch-Site: same-origin`. It is never
/// compared with `Host`, which the attacker of a misconfigured proxy may choose.
///
/// # Errors
/// `cross_site` for anything else.
pub(crate) fn require_same_origin(headers: &HeaderMap, app: &App) -> Result<(), ApiError> {
    let is_ours = match headers.get(ORIGIN) {
        Some(origin) => origin.as_bytes() == app.settings.server.public_url.as_str().as_bytes(),
        None => headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin"),
    };
    if is_ours { Ok(()) } else { Err(ErrorCode::CrossSite.into()) }
}
