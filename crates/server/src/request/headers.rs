use std::mem;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::settings::ServerSettings;

const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// What every answer carries, unless the handler chose otherwise.
pub(super) fn security_headers(server: &ServerSettings) -> HeaderMap {
    let headers = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        // With `no-referrer` a plain form would send `Origin: null`.
        (REFERRER_POLICY, "same-origin"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
        (CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
        (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
        (PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        (CACHE_CONTROL, "no-store"),
    ];
    let https = (STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    let https = server.public_url.is_https().then_some(https);
    let headers = headers.into_iter().chain(https);
    headers.map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
}

/// Puts the headers of an answer over those that every answer carries: a copy of these is made more
/// quickly than each is found its place.
pub(super) fn put_over(every: &HeaderMap, headers: &mut HeaderMap) {
    let chosen = mem::replace(headers, every.clone());
    headers.extend(chosen);
}
