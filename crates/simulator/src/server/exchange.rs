//! One request to the real router, and its answer as a browser understands it.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{
    AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, ORIGIN, RETRY_AFTER, SET_COOKIE,
};
use axum::http::{HeaderMap, Method, Request};
use carnet_app::{PAGE_DATA_ID, PageData};
use carnet_client::AuthState;
use carnet_client::edges;
use carnet_client::edges::HttpRequest;
use tower::ServiceExt;

use super::deployment;
use crate::backend::{CookieChange, Cookies, Reply};

/// No answer of Carnet's comes near.
const MAX_BODY_BYTES: usize = 1 << 20;

/// Sends a request as a page's script does.
pub(super) async fn send(router: Router, request: &HttpRequest, cookies: &Cookies) -> Reply {
    let method = match request.method {
        edges::Method::Get => Method::GET,
        edges::Method::Post => Method::POST,
        edges::Method::Put => Method::PUT,
        edges::Method::Patch => Method::PATCH,
        edges::Method::Delete => Method::DELETE,
    };
    let mut builder = Request::builder().method(method).uri(&request.url);
    builder = builder.header(HOST, deployment::HOST);
    builder = builder.header(ORIGIN, format!("http://{}", deployment::HOST));
    if let Some(bearer) = &request.bearer {
        builder = builder.header(AUTHORIZATION, format!("Bearer {}", bearer.expose()));
    }
    if let Some(header) = header_of(cookies) {
        builder = builder.header(COOKIE, header);
    }
    let body = match &request.body {
        Some(body) => {
            builder = builder.header(CONTENT_TYPE, "application/json");
            Body::from(body.expose().to_owned())
        }
        None => Body::empty(),
    };
    take(router, builder.body(body).expect("a request")).await
}

/// Fetches the page at `/`: what it says of the visitor, and what it changes of the cookies.
pub(super) async fn page(router: Router, cookies: &Cookies) -> (AuthState, CookieChange) {
    let mut builder = Request::builder().uri("/").header(HOST, deployment::HOST);
    if let Some(header) = header_of(cookies) {
        builder = builder.header(COOKIE, header);
    }
    let reply = take(router, builder.body(Body::empty()).expect("a request")).await;
    let data = data_in(&reply.body).expect("a page carries its data");
    (data.handover.auth, reply.cookies)
}

async fn take(router: Router, request: Request<Body>) -> Reply {
    let Ok(response) = router.oneshot(request).await;
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body, MAX_BODY_BYTES).await.expect("a whole body");
    let retry_after = head.headers.get(RETRY_AFTER);
    let retry_after = retry_after.and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    Reply {
        status: head.status.as_u16(),
        body: String::from_utf8(bytes.into()).expect("text"),
        retry_after: retry_after.and_then(|text| text.parse().ok()),
        cookies: change_of(&head.headers),
    }
}

fn header_of(cookies: &Cookies) -> Option<String> {
    let session = cookies.session.as_ref();
    let session = session.map(|value| format!("{}={value}", deployment::COOKIE));
    let mark = cookies.mark.as_ref().map(|(name, value)| format!("{name}={value}"));
    let pairs: Vec<String> = [session, mark].into_iter().flatten().collect();
    (!pairs.is_empty()).then(|| pairs.join("; "))
}

fn change_of(headers: &HeaderMap) -> CookieChange {
    let mut change = CookieChange::default();
    for header in headers.get_all(SET_COOKIE) {
        let text = std::str::from_utf8(header.as_bytes()).expect("a cookie is text");
        let (pair, attributes) = text.split_once(';').expect("a cookie has attributes");
        let (name, value) = pair.split_once('=').expect("a cookie has a value");
        let is_deleted = attributes.contains("Max-Age=0");
        if name == deployment::COOKIE {
            assert!(attributes.contains("HttpOnly"), "script could read {text}");
            change.session = Some((!is_deleted).then(|| value.to_owned()));
        } else if name == deployment::DEVICE_COOKIE {
            assert!(attributes.contains("HttpOnly"), "script could read {text}");
        } else {
            assert!(is_deleted, "nobody expects the cookie {text}");
            change.clears_mark = true;
        }
    }
    change
}

fn data_in(page: &str) -> Option<PageData> {
    let (_, rest) = page.split_once(&format!("id=\"{PAGE_DATA_ID}\""))?;
    let (_, rest) = rest.split_once('>')?;
    let (json, _) = rest.split_once("</script>")?;
    serde_json::from_str(json).ok()
}
