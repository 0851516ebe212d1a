use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use carnet_shared::{Delivery, ErrorCode, RefreshRequest, Secret};

use crate::app::App;
use crate::error::ApiError;
use crate::issued::Issued;
use crate::request::{Caller, Cookies, OptionalFields, SessionCookie, require_same_origin};
use crate::tokens::{RefreshToken, Rotation, rotate};

/// POST `/api/auth/refresh`: exchanges the refresh token for new tokens.
pub(crate) async fn refresh(
    State(app): State<Arc<App>>,
    caller: Caller,
    cookies: Cookies,
    headers: HeaderMap,
    OptionalFields(fields): OptionalFields,
) -> Result<Response, ApiError> {
    let request = RefreshRequest::parse(fields)?;
    let limited = app.limits.refresh(caller.address, app.clock.monotonic_millis());
    app.admit(&caller, None, "refresh", limited)?;
    let audience = app.audience(request.resource.as_deref())?;
    let token = presented_token(&app, request.refresh_token.as_ref(), &cookies, &headers).await?;
    let token = token.ok_or(ErrorCode::MissingRefreshToken)?;
    let session_id = token.session_id.to_string();
    if request.session.is_some_and(|meant| meant != session_id) {
        return Err(ErrorCode::SessionChanged.into());
    }
    let limited = app.limits.refresh_of(&session_id, app.clock.monotonic_millis());
    app.admit(&caller, None, "refresh of a session", limited)?;
    let rotation = Rotation {
        token: &token,
        attempt: request.attempt.as_ref(),
        previous: request.previous.as_ref(),
        caller: &caller,
    };
    match rotate(&app, &rotation).await {
        Ok((granted, successor)) => {
            let issued = Issued::new(&app, granted, audience, Some(&successor)).await?;
            Ok(issued.into_response())
        }
        Err(refusal) => Ok(refused(&app, refusal, token.delivery)),
    }
}

/// The token of the body, or else of the cookie; either only where it is the session's delivery.
///
/// # Errors
/// When it is not one of ours, or a cookie comes from another site.
pub(crate) async fn presented_token(
    app: &App,
    in_body: Option<&Secret>,
    cookies: &Cookies,
    headers: &HeaderMap,
) -> Result<Option<RefreshToken>, ApiError> {
    let invalid = ApiError::Refresh { code: ErrorCode::InvalidRefreshToken, over: false };
    if let Some(text) = in_body {
        let token = RefreshToken::read(text.expose(), &app.keys).await?;
        return token.filter(|token| token.delivery == Delivery::Body).ok_or(invalid).map(Some);
    }
    if !cookies.present {
        return Ok(None);
    }
    require_same_origin(headers, app)?;
    cookies.token.clone().ok_or(invalid).map(Some)
}

/// A refusal deletes the cookie only where its session is over: any other could still be good.
fn refused(app: &App, refusal: ApiError, delivery: Delivery) -> Response {
    let is_over = matches!(refusal, ApiError::Refresh { over: true, .. });
    let mut response = refusal.into_response();
    if is_over && delivery == Delivery::Cookie {
        let cookie = SessionCookie::of(&app.settings.server).clear();
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
