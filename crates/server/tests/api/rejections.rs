//! Whatever is wrong with a request, a program is told so as a problem (RFC 9457).

use reqwest::header::HeaderValue;
use reqwest::{Method, StatusCode};

use crate::support::{Answer, TestApp, on_both};

on_both![every_refusal_of_every_route_is_a_problem];

/// Every route of the API with a method that it takes.
const ROUTES: [(&str, &str); 18] = [
    ("POST", "/api/auth/register"),
    ("POST", "/api/auth/login"),
    ("POST", "/api/auth/refresh"),
    ("POST", "/api/auth/logout"),
    ("GET", "/api/auth/session"),
    ("POST", "/api/auth/verify"),
    ("POST", "/api/auth/introspect"),
    ("POST", "/api/auth/revoke"),
    ("GET", "/api/me"),
    ("PATCH", "/api/me"),
    ("POST", "/api/me/password"),
    ("GET", "/api/me/sessions"),
    ("DELETE", "/api/me/sessions"),
    ("DELETE", "/api/me/sessions/x"),
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
];

const BODIES: [(&str, &[u8]); 7] = [
    ("application/json", b"{"),
    ("application/json", b"\xff"),
    ("application/json", b"{\"a\":1,\"a\":2}"),
    ("application/x-www-form-urlencoded", b"token=%FF"),
    ("text/plain", b"x"),
    ("multipart/form-data", b"--x"),
    ("application/json", &[b'x'; 17_000]),
];

async fn every_refusal_of_every_route_is_a_problem(app: TestApp) {
    let ada = app.registered("ada").await;
    let mut refused = 0;
    for (method, path) in ROUTES {
        let method: Method = method.parse().unwrap();
        for tail in ["", "?a=%FF", "?%zz=\u{fc}", "/%FF", "/%00", "%FF", "//", "/..%2f"] {
            let address = format!("{path}{tail}");
            for (content_type, body) in BODIES {
                let request = app.request(method.clone(), &address).bearer_auth(&ada.access);
                let request = request.header("content-type", content_type).body(body.to_vec());
                refused += check(&address, &Answer::read(request.send().await.unwrap()).await);
            }
        }
        let odd = HeaderValue::from_bytes(b"\xfc\xff").unwrap();
        for header in
            ["authorization", "cookie", "content-type", "origin", "host", "content-encoding"]
        {
            let request = app.request(method.clone(), path).header(header, odd.clone());
            refused += check(path, &Answer::read(request.send().await.unwrap()).await);
        }
        let answer = app.request(Method::PUT, path).send().await.unwrap();
        refused += check(path, &Answer::read(answer).await);
    }
    assert!(refused > 500, "{refused} refusals");
    ada.get("/api/me").await.with_status(200);
}

#[track_caller]
fn check(address: &str, answer: &Answer) -> usize {
    assert!(answer.status < StatusCode::INTERNAL_SERVER_ERROR, "{address}: {}", answer.text);
    // Beside the API there are pages, which are for people.
    let is_page = !address.starts_with("/api") && !address.starts_with("/.well-known");
    let is_html = answer.header("content-type").starts_with("text/html");
    if !answer.status.is_client_error() || (is_page && is_html) {
        return 0;
    }
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json",
        "{address}: {}",
        answer.text
    );
    assert_eq!(answer.body["status"], answer.status.as_u16(), "{address}");
    assert!(answer.body["code"].is_string() && answer.body["request_id"].is_string(), "{address}");
    1
}
