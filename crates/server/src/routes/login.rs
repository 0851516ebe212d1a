use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use carnet_shared::{Delivery, ErrorCode, LoginRequest};

use crate::app::App;
use crate::audit::{Event, RefusalEvent};
use crate::begin::{Api, Beginning, begin_session};
use crate::error::ApiError;
use crate::issued::Issued;
use crate::passwords::Verdict;
use crate::request::{Caller, Cookies, JsonFields, RoomForPassword, require_same_origin};
use crate::store::Credentials;

/// POST `/api/auth/login`: signs in.
pub(crate) async fn login(
    State(app): State<Arc<App>>,
    RoomForPassword: RoomForPassword,
    caller: Caller,
    cookies: Cookies,
    headers: HeaderMap,
    JsonFields(fields): JsonFields,
) -> Result<Issued, ApiError> {
    let request = LoginRequest::parse(fields)?;
    if request.delivery == Some(Delivery::Cookie) {
        require_same_origin(&headers, &app)?;
    }
    sign_in(&app, &caller, &cookies, request, Api::Carnet).await
}

/// Signs in, for the JSON API, the plain form and simplejwt's endpoint alike. An unknown account, a disabled one and a
/// wrong password get the same answer after the same work.
pub(crate) async fn sign_in(
    app: &Arc<App>,
    caller: &Caller,
    cookies: &Cookies,
    request: LoginRequest,
    api: Api,
) -> Result<Issued, ApiError> {
    let audience = app.audience(request.resource.as_deref())?;
    // Before the try is counted: whoever is turned away was not looked at.
    let place = app.passwords.place()?;
    let limited = app.limits.login(caller.address, &request.login, app.clock.now_millis());
    app.admit(caller, None, "login", limited)?;
    let credentials = app.store.credentials(&request.login).await?;
    let hash = credentials.as_ref().map(|credentials| &credentials.password_hash);
    let verdict = app.passwords.check(place, &request.password, hash).await?;
    let credentials = match (credentials, verdict) {
        (Some(credentials), Verdict::Right | Verdict::RightButOutdated)
            if !credentials.disabled =>
        {
            credentials
        }
        (credentials, _) => {
            let user_id = credentials.as_ref().map(|credentials| credentials.user_id.as_str());
            app.count(&Event::refused(RefusalEvent::LoginFailed, user_id, caller.anonymous()));
            return Err(ErrorCode::InvalidCredentials.into());
        }
    };
    app.limits.password_was_right(caller.address, &request.login);
    if verdict == Verdict::RightButOutdated {
        renew_hash(app, &credentials, &request).await;
    }
    let beginning = Beginning {
        user_id: &credentials.user_id,
        user_epoch: credentials.epoch,
        api,
        delivery: request.delivery,
        remember: request.remember,
        audience,
        caller,
        cookies,
        by: "password",
    };
    begin_session(app, beginning).await
}

/// Brings a hash to the cost that the settings ask for. Its failure must not keep anybody out.
async fn renew_hash(app: &App, credentials: &Credentials, request: &LoginRequest) {
    match app.passwords.hash(&request.password).await {
        Ok(hash) => {
            if let Err(error) = app.store.replace_hash(credentials, &hash).await {
                tracing::warn!(%error, "a password hash was not renewed");
            }
        }
        Err(error) => tracing::warn!(%error, "a password hash was not renewed"),
    }
}

#[cfg(test)]
mod tests;
