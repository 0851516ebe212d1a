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

#[cfg(test)]
mod tests {
    use axum::http::header::SET_COOKIE;

    use super::*;

    #[test]
    fn what_a_handler_chose_stands_with_each_of_its_cookies_and_the_rest_is_added() {
        let every = HeaderMap::from_iter([
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        ]);
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public"));
        headers.append(SET_COOKIE, HeaderValue::from_static("a=1"));
        headers.append(SET_COOKIE, HeaderValue::from_static("b=2"));
        put_over(&every, &mut headers);
        let all =
            |name| headers.get_all(name).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>();
        assert_eq!(all(CACHE_CONTROL), [b"public"]);
        assert_eq!(all(X_FRAME_OPTIONS), [b"DENY"]);
        assert_eq!(all(SET_COOKIE), [b"a=1", b"b=2"]);
    }
}
