use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use carnet_app::Page;
use carnet_leptos::{FormName, Language, Submitted, return_to};
use carnet_shared::paths::pages;

use super::form::{ComingBack, FormRoom, Sent, page_uri};
use super::form_actions::enter;
use super::get::{lead_to, unavailable};
use super::languages::AskedFor;
use super::visitor::Visitor;
use crate::app::App;
use crate::begin::Api;
use crate::error::ApiError;
use crate::issued::with_cookies;
use crate::request::{Caller, Cookies, DeviceCookie, RoomForPassword, require_same_origin};
use crate::routes::login::Client;
use crate::routes::logout::{sign_out, signed_out};

/// POST `/login` without script.
pub(super) async fn login(
    State(app): State<Arc<App>>,
    FormRoom(room): FormRoom,
    AskedFor(language): AskedFor,
    caller: Caller,
    cookies: Cookies,
    device: DeviceCookie,
    sent: Sent,
) -> Result<Response, ApiError> {
    let client = Client { caller: &caller, cookies: &cookies, device: &device, api: Api::Carnet };
    take(&app, &room, &client, language, sent, Page::Login, FormName::Login).await
}

/// POST `/register` without script.
pub(super) async fn register(
    State(app): State<Arc<App>>,
    FormRoom(room): FormRoom,
    AskedFor(language): AskedFor,
    caller: Caller,
    cookies: Cookies,
    device: DeviceCookie,
    sent: Sent,
) -> Result<Response, ApiError> {
    let client = Client { caller: &caller, cookies: &cookies, device: &device, api: Api::Carnet };
    take(&app, &room, &client, language, sent, Page::Register, FormName::Register).await
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

/// Signed in, and on to where they were going; or the form again.
async fn take(
    app: &Arc<App>,
    room: &RoomForPassword,
    client: &Client<'_>,
    language: Language,
    sent: Sent,
    page: Page,
    form: FormName,
) -> Result<Response, ApiError> {
    let Submitted { fields, values, next } = sent.read(form)?;
    let next = next.filter(|next| return_to(next).is_some());
    match enter(app, room, client, form, fields).await {
        Ok(issued) => {
            let next = next.unwrap_or_else(|| app.pages().path_to(pages::PROFILE));
            Ok(with_cookies(lead_to(&next), issued.cookies()))
        }
        Err(error) => match Visitor::read(app, client.caller, client.cookies, language).await {
            Ok(visitor) => {
                let back = ComingBack { page, form, values, next };
                Ok(back.because(app, &visitor, &error).await)
            }
            Err(error) => Ok(unavailable(app, &page_uri(app, page), language, &error).await),
        },
    }
}
