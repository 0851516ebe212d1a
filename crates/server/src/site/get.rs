use std::sync::Arc;

use axum::extract::{OriginalUri, Request, State};
use axum::http::header::{CACHE_CONTROL, LOCATION, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use carnet_app::{Audience, AuthState, Page};
use carnet_leptos::{Done, Language, WrittenSessions, return_to};
use carnet_shared::paths::pages;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::addresses::style_behind;
use super::languages::AskedFor;
use super::render::{page_data, render};
use super::visitor::Visitor;
use super::{PagesPlace, assets};
use crate::app::App;
use crate::error::ApiError;
use crate::request::{Caller, Cookies, read_form};
use crate::routes::not_found;
use crate::routes::sessions::sessions_of;

/// GET a page. Whether the visitor may see it is decided before anything is rendered: somebody who
/// may not gets an empty answer that leads elsewhere.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    AskedFor(language): AskedFor,
    caller: Caller,
    cookies: Cookies,
) -> Response {
    match show(&app, &uri, &caller, &cookies, language).await {
        Ok(response) => response,
        Err(error) => unavailable(&app, &uri, language, &error).await,
    }
}

/// Whatever no route answers: a file of the site, else not found, for people as a page and for
/// programs as a problem.
pub(super) async fn file_or_not_found(
    State(app): State<Arc<App>>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    language: AskedFor,
    caller: Caller,
    cookies: Cookies,
    headers: HeaderMap,
) -> Response {
    let path = uri.path();
    if is_for_programs(path) || !matches!(method, Method::GET | Method::HEAD) {
        return not_found().await.into_response();
    }
    if let Some(style) = style_behind(&app.settings.site, path) {
        return match assets::file(&style, &headers) {
            Some(response) => ([(CACHE_CONTROL, "no-cache")], response).into_response(),
            None => not_found().await.into_response(),
        };
    }
    match assets::file(path, &headers) {
        Some(response) => response,
        None => page(State(app), OriginalUri(uri), language, caller, cookies).await,
    }
}

/// A file that this deployment makes.
pub(super) async fn own_file(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    match app.site.files.get(uri.path(), &headers) {
        Some(response) => response,
        None => not_found().await.into_response(),
    }
}

/// Where a page is asked for under another name than the public one: the same page there, since only
/// there can anybody sign in. The API answers under every name.
pub(crate) fn lead_to_public_url(app: &App, request: &Request) -> Option<Response> {
    let uri = request.uri();
    let is_page =
        matches!(*request.method(), Method::GET | Method::HEAD) && !is_for_programs(uri.path());
    is_page.then(|| {
        let address = app.settings.server.public_url.as_str().to_owned() + path_and_query(uri);
        // Not for good: what a deployment is called may change.
        (StatusCode::FOUND, [(LOCATION, written(&address))]).into_response()
    })
}

fn is_for_programs(path: &str) -> bool {
    path == "/api" || ["/api/", "/.well-known/"].iter().any(|root| path.starts_with(root))
}

/// What may not stand in an address as it is; `%` may, since a path has been encoded already.
const NOT_IN_ADDRESS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// An empty answer that leads to a path of this site.
pub(super) fn lead_to(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, written(path))]).into_response()
}

fn written(address: &str) -> String {
    utf8_percent_encode(address, NOT_IN_ADDRESS).to_string()
}

/// GET `/.well-known/change-password`: where password managers send people to change theirs.
pub(super) async fn change_password(State(app): State<Arc<App>>) -> Response {
    lead_to(&app.pages().path_to(pages::PROFILE))
}

async fn show(
    app: &Arc<App>,
    uri: &Uri,
    caller: &Caller,
    cookies: &Cookies,
    language: Language,
) -> Result<Response, ApiError> {
    let place = app.pages();
    let page = Page::at(&place.prefix, uri.path());
    let visitor = Visitor::read(app, caller, cookies, language).await?;
    let next = query(uri, "next").filter(|next| return_to(next).is_some());
    if let Some(path) = elsewhere(place, page, &visitor.auth, uri, next.as_deref()) {
        return Ok(visitor.answer(lead_to(&path)));
    }
    let mut data = page_data(app, page, visitor.auth.clone());
    data.handover.next = next;
    data.handover.done = query(uri, "done").and_then(|slug| Done::from_slug(&slug));
    if let (Page::Sessions, Some((user, session_id))) = (page, visitor.signed_in()) {
        let sessions = sessions_of(app, &user.id, session_id).await?;
        data.handover.sessions = Some(WrittenSessions::new(&sessions));
    }
    Ok(visitor.answer(render(app, uri, data, visitor.language).await))
}

/// Where the page is not for this visitor: where to go instead.
fn elsewhere(
    place: &PagesPlace,
    page: Page,
    auth: &AuthState,
    uri: &Uri,
    next: Option<&str>,
) -> Option<String> {
    match (page.audience(), auth) {
        (Audience::SignedIn, AuthState::Anonymous(_)) => Some(place.sign_in(path_and_query(uri))),
        (Audience::SignedOut, AuthState::SignedIn { .. }) => {
            Some(next.map_or_else(|| place.path_to(pages::PROFILE), str::to_owned))
        }
        _ => None,
    }
}

/// The address that was asked for. Below a `nest` the request's own lacks what the nest has matched.
pub(super) fn asked_for(parts: &Parts) -> &Uri {
    parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0)
}

/// What was asked for, as it stands in a link.
pub(super) fn path_and_query(uri: &Uri) -> &str {
    uri.path_and_query().map_or(uri.path(), |it| it.as_str())
}

/// A field of the query; a query that cannot be read has none.
pub(super) fn query(uri: &Uri, name: &str) -> Option<String> {
    let pairs = read_form(uri.query().unwrap_or_default().as_bytes()).ok()?;
    pairs.into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
}

/// The page for a fault of ours; it says nothing about the visitor, who could not be looked up.
pub(super) async fn unavailable(
    app: &App,
    uri: &Uri,
    language: Language,
    error: &ApiError,
) -> Response {
    tracing::error!(%error, "a page could not be shown");
    let data = page_data(app, Page::Unavailable, AuthState::Unknown);
    let mut response = render(app, uri, data, language).await;
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(page: Page, auth: &AuthState, uri: &str, next: Option<&str>) -> Option<String> {
        elsewhere(&PagesPlace::default(), page, auth, &uri.parse().unwrap(), next)
    }

    #[test]
    fn whoever_must_sign_in_first_comes_back_to_what_was_asked_for() {
        let nobody = AuthState::Anonymous(None);
        let path = led(Page::Sessions, &nobody, "/sessions?a=1", None);
        assert_eq!(path.as_deref(), Some("/login?next=/sessions%3Fa%3D1"));
    }

    #[test]
    fn whoever_is_not_known_yet_is_led_nowhere() {
        for page in [Page::Profile, Page::Login, Page::Home, Page::NotFound] {
            assert_eq!(led(page, &AuthState::Unknown, "/", None), None);
        }
    }
}
