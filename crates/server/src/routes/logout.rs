use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{AUTHORIZATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use carnet_shared::LogoutRequest;
use carnet_verify::{Bearer, bearer_token};

use crate::app::App;
use crate::audit::{Event, SessionEvent};
use crate::error::ApiError;
use crate::request::{Caller, Cookies, OptionalFields, SessionCookie, require_same_origin};
use crate::store::EndReason;
use crate::tokens::RefreshToken;

/// POST `/api/auth/logout`: ends the session of the refresh token in the body, or else those of the
/// cookie and the access token. It answers the same whatever was presented, again and again
/// (RFC 7009 §2.2).
pub(crate) async fn logout(
    State(app): State<Arc<App>>,
    caller: Caller,
    cookies: Cookies,
    headers: HeaderMap,
    OptionalFields(fields): OptionalFields,
) -> Result<Response, ApiError> {
    let request = LogoutRequest::parse(fields)?;
    if let Some(text) = request.refresh_token {
        let session = match RefreshToken::read(text.expose(), &app.keys).await? {
            Some(token) => Some(token.session_id.to_string()),
            // Somebody who presents the other token means the same session.
            None => app.session_of(text.expose()).await?,
        };
        if let Some(session_id) = session {
            end(&app, &caller, &session_id).await?;
        }
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let of_bearer = session_of_bearer(&app, &headers).await?;
    if let Some(session_id) = &of_bearer {
        end(&app, &caller, session_id).await?;
    }
    // A page of another site whose request came without the cookie is told what it would be told
    // with it.
    let has_reason = of_bearer.is_some() || !headers.contains_key(ORIGIN);
    if !cookies.present && has_reason {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    require_same_origin(&headers, &app)?;
    sign_out(&app, &caller, &cookies).await?;
    Ok(signed_out(&app, StatusCode::NO_CONTENT.into_response()))
}

/// Ends the session of the cookie, whatever its generation, or of each where there are several.
pub(crate) async fn sign_out(
    app: &App,
    caller: &Caller,
    cookies: &Cookies,
) -> Result<(), ApiError> {
    for token in cookies.token.iter().chain(&cookies.rivals) {
        end(app, caller, &token.session_id.to_string()).await?;
    }
    Ok(())
}

/// Deletes what a browser keeps of a session.
pub(crate) fn signed_out(app: &App, mut response: Response) -> Response {
    let cookie = SessionCookie::of(&app.settings.server);
    response.headers_mut().append(SET_COOKIE, cookie.clear());
    response.headers_mut().append(SET_COOKIE, cookie.clear_marker());
    response
}

/// Of a token with a good signature, though it has expired or the account has changed since: whoever
/// has it means to be signed out.
async fn session_of_bearer(app: &App, headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let values = headers.get_all(AUTHORIZATION).iter().map(|value| value.as_bytes());
    match bearer_token(values) {
        Ok(Bearer::Token(token)) => app.session_of(token).await,
        Ok(Bearer::Absent) | Err(_) => Ok(None),
    }
}

/// Ends a session and says so to whoever looks.
pub(crate) async fn end(app: &App, caller: &Caller, session_id: &str) -> Result<(), ApiError> {
    // Its token may be presented again and again, and each time the database is asked.
    let limited = app.limits.sign_out(session_id, app.clock.monotonic_millis());
    app.admit(caller, None, "logout", limited)?;
    let owner = app.end_session(session_id, EndReason::Logout).await?;
    if let Some(user_id) = owner {
        let origin = caller.as_user(&user_id);
        app.record(Event::of_session(SessionEvent::LoggedOut, &user_id, session_id, origin)).await;
    }
    Ok(())
}
