use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use carnet_shared::{Delivery, LoginRequest};

use super::body::Body;
use super::refused::{Or, Refused};
use super::tokens::Tokens;
use crate::app::App;
use crate::begin::Api;
use crate::request::{Caller, Cookies, DeviceCookie, NoForeignForm, RoomForPassword};
use crate::routes::login::{Client, sign_in};
use crate::settings::Simplejwt;

/// POST `/api/token/`: signs in.
pub(crate) async fn obtain(
    State(app): State<Arc<App>>,
    Or(room): Or<RoomForPassword>,
    caller: Caller,
    _: Or<NoForeignForm>,
    mut body: Body,
) -> Result<Json<Tokens>, Refused> {
    let username = body.username("username");
    let password = body.password("password");
    let (login, password) = body.finish(username.zip(password))?;
    let is_static = app.settings.compat.simplejwt == Simplejwt::Static;
    let delivery = if is_static { Delivery::Static } else { Delivery::Body };
    let request =
        LoginRequest { login, password, remember: None, delivery: Some(delivery), resource: None };
    let (cookies, device) = (Cookies::none(), DeviceCookie::none());
    let client =
        Client { caller: &caller, cookies: &cookies, device: &device, api: Api::Simplejwt };
    let issued = sign_in(&app, &room, &client, request).await?;
    Ok(Json(issued.into()))
}
