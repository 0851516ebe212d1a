use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use carnet_app::auth::return_to;
use carnet_app::{FormName, Page, Submitted};
use carnet_shared::paths::pages;
use carnet_shared::{Delivery, Fields, LoginRequest, RegisterRequest};

use super::form::{ComingBack, Sent};
use super::get::{lead_to, unavailable};
use super::visitor::Visitor;
use crate::app::App;
use crate::begin::Api;
use crate::error::ApiError;
use crate::issued::Issued;
use crate::request::{Caller, Cookies, require_same_origin};
use crate::routes::login::sign_in;
use crate::routes::logout::{sign_out, signed_out};
use crate::routes::register::create_account;

/// POST `/login` without script.
pub(super) async fn login(
    State(app): State<Arc<App>>,
    caller: Caller,
    cookies: Cookies,
    sent: Sent,
) -> Result<Response, ApiError> {
    let submitted = sent.read(FormName::Login)?;
    let (mut fields, back) = take_apart(submitted, Page::Login, FormName::Login);
    fields.set("delivery", Delivery::Cookie.as_str());
    let outcome = match LoginRequest::parse(fields) {
        Ok(request) => sign_in(&app, &caller, &cookies, request, Api::Carnet).await,
        Err(errors) => Err(errors.into()),
    };
    Ok(answer(&app, &caller, &cookies, back, outcome).await)
}

/// POST `/register` without script.
pub(super) async fn register(
    State(app): State<Arc<App>>,
    caller: Caller,
    cookies: Cookies,
    sent: Sent,
) -> Result<Response, ApiError> {
    let submitted = sent.read(FormName::Register)?;
    let (mut fields, back) = take_apart(submitted, Page::Register, FormName::Register);
    fields.set("delivery", Delivery::Cookie.as_str());
    let outcome = match RegisterRequest::parse(fields, app.settings.passwords.policy()) {
        Ok(request) => create_account(&app, &caller, &cookies, request).await,
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
            let mut response = lead_to(back.next.as_deref().unwrap_or(pages::PROFILE));
            if let Some(cookie) = issued.cookie {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => match Visitor::read(app, caller, cookies).await {
            Ok(visitor) => back.because(app, &visitor, &error).await,
            Err(error) => unavailable(app, &error),
        },
    }
}
