use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::app::App;

const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// As many as are added here and by the server itself, so that the table grows once.
const ADDED: usize = 12;

/// Adds what every answer carries, unless the handler chose otherwise.
pub(super) fn add_security_headers(app: &App, headers: &mut HeaderMap) {
    headers.reserve(ADDED);
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(X_FRAME_OPTIONS, "DENY");
    // With `no-referrer` a plain form would send `Origin: null`.
    default(REFERRER_POLICY, "same-origin");
    default(CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
    default(CROSS_ORIGIN_OPENER_POLICY, "same-origin");
    default(CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
    default(PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    default(CACHE_CONTROL, "no-store");
    if app.settings.server.public_url.is_https() {
        default(STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
}
