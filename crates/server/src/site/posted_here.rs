//! Forms of Carnet's that a page of an app shows, sent without script to that page itself. The layer does
//! what the form asks for, and leads back to the page where it is refused.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request};
use axum::http::header::{REFERER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use carnet_leptos::{
    DONE_IN_QUERY, FORM_IN_QUERY, FormName, FormOutcome, Submitted, Text, return_to,
};
use carnet_shared::paths::pages;
use carnet_shared::{ErrorCode, Fields};

use super::form::{FormRoom, Sent, trouble};
use super::form_actions::{Sender, change_account, enter};
use super::get::{asked_for, lead_to, path_and_query, query};
use super::refused_form::RefusedForm;
use super::visitor::Visitor;
use crate::app::App;
use crate::begin::Api;
use crate::error::ApiError;
use crate::issued::with_cookies;
use crate::request::{Caller, Cookies, DeviceCookie, RoomForPassword};
use crate::routes::MAX_BODY_BYTES;
use crate::routes::login::Client;
use crate::routes::logout::{sign_out, signed_out};

/// Which form of Carnet's is sent to a page of the app, if one is.
pub(super) fn posted_form(parts: &Parts) -> Option<FormName> {
    if parts.method != Method::POST {
        return None;
    }
    FormName::from_slug(&query(&parts.uri, FORM_IN_QUERY)?)
}

/// Does what a form asks for.
pub(super) async fn take(app: &Arc<App>, form: FormName, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let room = match form {
        FormName::Login | FormName::Register | FormName::Password => {
            match FormRoom::from_request_parts(&mut parts, app).await {
                Ok(FormRoom(room)) => Some(room),
                Err(busy) => return busy,
            }
        }
        FormName::Name | FormName::EndSession | FormName::EndOthers | FormName::SignOut => None,
    };
    let mut request = Request::from_parts(parts.clone(), body);
    // The routes of an app may allow more.
    DefaultBodyLimit::max(MAX_BODY_BYTES).apply(&mut request);
    let read = match Sent::from_request(request, app).await {
        Ok(sent) => sent.read(form),
        Err(error) => Err(error),
    };
    let Submitted { fields, values, next } = match read {
        Ok(submitted) => submitted,
        Err(error) => return no_form_of_ours(app, &parts, &error),
    };
    let next = next.filter(|next| return_to(next).is_some());
    let page = page_of(&parts);
    let wanted = Wanted { form, fields, next: next.as_deref(), page: &page };
    match perform(app, room, &mut parts, wanted).await {
        Ok(response) => response,
        Err(error) => {
            error.log();
            let outcome = FormOutcome { form, values, trouble: trouble(&error) };
            let path = asked_for(&parts).path().to_owned();
            let cookie = RefusedForm { path, outcome, next }.to_cookie(&app.settings.server);
            let mut response = lead_to(&page);
            response.headers_mut().append(SET_COOKIE, cookie);
            response
        }
    }
}

/// What no page of the app has sent gets no page, but one sentence.
fn no_form_of_ours(app: &App, parts: &Parts, error: &ApiError) -> Response {
    error.log();
    let texts = app.site.languages.asked_for(&parts.headers).texts();
    let text = match error.code() {
        ErrorCode::CrossSite => Text::CrossSite,
        ErrorCode::Unavailable => Text::UnavailableText,
        _ => Text::FieldInvalid,
    };
    let status = StatusCode::from_u16(error.code().status());
    (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), texts.get(text)).into_response()
}

/// What a form asks for.
struct Wanted<'a> {
    form: FormName,
    fields: Fields,
    /// Where to go afterwards; a path of this site.
    next: Option<&'a str>,
    /// The page that it stands on.
    page: &'a str,
}

async fn perform(
    app: &Arc<App>,
    room: Option<RoomForPassword>,
    parts: &mut Parts,
    Wanted { form, fields, next, page }: Wanted<'_>,
) -> Result<Response, ApiError> {
    let caller = match Caller::from_request_parts(parts, app).await {
        Ok(caller) => caller,
        Err(never) => match never {},
    };
    let cookies = Cookies::from_request_parts(parts, app).await?;
    if form == FormName::SignOut {
        sign_out(app, &caller, &cookies).await?;
        return Ok(signed_out(app, lead_to(next.unwrap_or(pages::HOME))));
    }
    if let (FormName::Login | FormName::Register, Some(room)) = (form, &room) {
        let device = match DeviceCookie::from_request_parts(parts, app).await {
            Ok(device) => device,
            Err(never) => match never {},
        };
        let client =
            Client { caller: &caller, cookies: &cookies, device: &device, api: Api::Carnet };
        let issued = enter(app, room, &client, form, fields).await?;
        let profile = app.pages().path_to(pages::PROFILE);
        return Ok(with_cookies(lead_to(next.unwrap_or(&profile)), issued.cookies()));
    }
    let language = app.site.languages.asked_for(&parts.headers);
    let visitor = Visitor::read(app, &caller, &cookies, language).await?;
    let Some((user, session_id)) = visitor.signed_in() else {
        return Ok(visitor.answer(lead_to(&app.pages().sign_in(page))));
    };
    let sender = Sender { caller: &caller, user_id: &user.id, session_id };
    let done = change_account(app, room.as_ref(), sender, form, fields).await?;
    let separator = if page.contains('?') { '&' } else { '?' };
    let path = format!("{page}{separator}{DONE_IN_QUERY}={}", done.slug());
    Ok(visitor.answer(lead_to(&path)))
}

/// The page that the form stands on. The form's own query has taken the place of the page's, which the
/// browser tells beside it.
fn page_of(parts: &Parts) -> String {
    let referrer =
        parts.headers.get(REFERER).and_then(|value| Uri::try_from(value.as_bytes()).ok());
    // A path such as `//elsewhere.example` would lead to another site.
    let path = return_to(asked_for(parts).path()).unwrap_or(pages::HOME);
    match referrer.filter(|referrer| referrer.path() == path) {
        // What was done before is not said again.
        Some(referrer) if query(&referrer, DONE_IN_QUERY).is_none() => {
            return_to(path_and_query(&referrer)).unwrap_or(path).to_owned()
        }
        _ => path.to_owned(),
    }
}
