use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use carnet_app::{FormName, Page, Submitted};
use carnet_leptos::return_to;
use carnet_shared::paths::pages;
use carnet_shared::{Delivery, Fields, LoginRequest, RegisterRequest};

use super::form::{ComingBack, FormRoom, Sent, page_uri};
use super::get::{lead_to, unavailable};
use super::visitor::Visitor;
use crate::app::App;
use crate::begin::Api;
use crate::error::ApiError;
use crate::issued::{Issued, with_cookies};
use crate::request::{Caller, Cookies, DeviceCookie, require_same_origin};
use crate::routes::login::{Client, sign_in};
use crate::routes::logout::{sign_out, signed_out};
use crate::routes::register::create_account;

/// POST `/login` without script.
pub(super) async fn login(
    State(app): State<Arc<App>>,
    FormRoom(room): FormRoom,
    caller: Caller,
    cookies: Cookies,
    device: DeviceCookie,
    sent: Sent,
) -> Result<Response, ApiError> {
    let submitted = sent.read(FormName::Login)?;
    let (mut fields, back) = take_apart(submitted, Page::Login, FormName::Login);
    fields.set("delivery", Delivery::Cookie.as_str());
    let client = Client { caller: &caller, cookies: &cookies, device: &device, api: Api::Carnet };
    let outcome = match LoginRequest::parse(fields) {
        Ok(request) => sign_in(&app, &room, &client, request).await,
        Err(errors) => Err(errors.into()),
    };
    Ok(answer(&app, &caller, &cookies, back, outcome).await)
}

/// POST `/register` without script.
pub(super) async fn register(
    State(app): State<Arc<App>>,
    FormRoom(room): FormRoom,
    caller: Caller,
    cookies: Cookies,
    device: DeviceCookie,
    sent: Sent,
) -> Result<Response, ApiError> {
    let submitted = sent.read(FormName::Register)?;
    let (mut fields, back) = take_apart(submitted, Page::Register, FormName::Register);
    fields.set("delivery", Delivery::Cookie.as_str());
    let client = Client { caller: &caller, cookies: &cookies, device: &device, api: Api::Carnet };
    let outcome = match RegisterRequest::parse(fields, app.settings.passwords.policy()) {
        Ok(request) => create_account(&app, &room, &client, request).await,
        Err(errors) => Err(errors.into()),
    };
    Ok(answer(&app, &caller, &cookies, back, outcome).await)
}

/// POST `/logout` without script.
pub(super) async fn logout(
    State(app): State<Arc<App>>,
    caller: Caller,
    cookies: Cookies,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    require_same_origin(&headers, &app)?;
    sign_out(&app, &caller, &cookies).await?;
    Ok(signed_out(&app, lead_to(pages::HOME)))
}

fn take_apart(submitted: Submitted, page: Page, form: FormName) -> (Fields, ComingBack) {
    let next = submitted.next.filter(|next| return_to(next).is_some());
    (submitted.fields, ComingBack { page, form, values: submitted.values, next })
}

/// Signed in, and on to where they were going; or the form again.
async fn answer(
    app: &Arc<App>,
    caller: &Caller,
    cookies: &Cookies,
    back: ComingBack,
    outcome: Result<Issued, ApiError>,
) -> Response {
    match outcome {
        Ok(issued) => {
            let next = back.next.unwrap_or_else(|| app.pages().path_to(pages::PROFILE));
            let response = lead_to(&next);
            with_cookies(response, issued.cookies())
        }
        Err(error) => match Visitor::read(app, caller, cookies).await {
            Ok(visitor) => back.because(app, &visitor, &error).await,
            Err(error) => unavailable(app, &page_uri(app, back.page), &error).await,
        },
    }
}
