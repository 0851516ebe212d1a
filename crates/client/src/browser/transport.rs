use reqwasm::http::RequestBuilder;
use web_sys::{AbortController, RequestCredentials};

use crate::edges::{HttpAnswer, HttpRequest, LocalFuture, Method, Transport, Unreachable};
use carnet_shared::Secret;

/// `fetch`.
pub(super) struct Fetch;

/// Aborts a request that nobody waits for any more.
struct AbortOnDrop(Option<AbortController>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

impl Transport for Fetch {
    fn send(&self, request: HttpRequest) -> LocalFuture<Result<HttpAnswer, Unreachable>> {
        Box::pin(async move { fetch(&request).await.ok_or(Unreachable) })
    }
}

async fn fetch(request: &HttpRequest) -> Option<HttpAnswer> {
    let abort = AbortOnDrop(AbortController::new().ok());
    let signal = abort.0.as_ref().map(AbortController::signal);
    let credentials =
        if request.cookies { RequestCredentials::SameOrigin } else { RequestCredentials::Omit };
    let mut builder = RequestBuilder::new(&request.url)
        .method(match request.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
            Method::Patch => http::Method::PATCH,
            Method::Delete => http::Method::DELETE,
        })
        .credentials(credentials)
        .abort_signal(signal.as_ref())
        .header("Accept", "application/json");
    if let Some(token) = &request.bearer {
        builder = builder.header("Authorization", &["Bearer ", token.expose()].concat());
    }
    let ready = match &request.body {
        Some(body) => builder.header("Content-Type", "application/json").body(body.expose()),
        None => builder.build(),
    };
    let response = ready.ok()?.send().await.ok()?;
    let retry_after = response.headers().get("Retry-After").and_then(|text| text.parse().ok());
    let status = response.status();
    let body = Secret::new(response.text().await.ok()?);
    // The answer is whole: there is nothing left to abort.
    let mut abort = abort;
    abort.0 = None;
    Some(HttpAnswer { status, retry_after, body })
}
