use carnet_shared::{Delivery, ErrorCode, Secret};

use super::refused::Refused;
use crate::app::App;
use crate::error::ApiError;
use crate::tokens::{RefreshToken, over};

/// Reads a refresh token, if it is one of ours that may travel in a body.
///
/// # Errors
/// For the token of a cookie: whoever has it in hand should not.
pub(crate) async fn read_refresh_token(
    app: &App,
    text: &Secret,
) -> Result<Option<RefreshToken>, Refused> {
    match RefreshToken::read(text.expose(), &app.keys).await? {
        Some(token) if token.delivery == Delivery::Cookie => Err(Refused::invalid_token()),
        token => Ok(token),
    }
}

/// The same where nothing else will do.
///
/// # Errors
/// For anything else; that it is a token of the other kind is only said where its signature is good.
pub(crate) async fn refresh_token(app: &App, text: &Secret) -> Result<RefreshToken, Refused> {
    if let Some(token) = read_refresh_token(app, text).await? {
        return Ok(token);
    }
    match app.verify(text.expose()).await {
        // Its session may be over: it is an access token all the same.
        Ok(_) | Err(ApiError::Code(_)) => Err(Refused::wrong_type()),
        Err(error) => Err(error.into()),
    }
}

/// Says why a refresh token was refused. A deleted account has taken its sessions with it, and
/// whoever has a token of ours may know.
pub(crate) async fn refused(app: &App, token: &RefreshToken, error: ApiError) -> Refused {
    if error.code() != ErrorCode::InvalidRefreshToken {
        return error.into();
    }
    match app.store.session_row(&token.session_id.to_string()).await {
        Ok(None) => Refused::no_account(),
        Ok(Some(_)) => error.into(),
        Err(failure) => failure.into(),
    }
}

/// Says why a session is over.
pub(crate) async fn why_over(app: &App, session_id: &str) -> Refused {
    match app.store.session_row(session_id).await {
        Ok(None) => Refused::no_account(),
        Ok(Some(row)) => over(&row, app.clock.now()).unwrap_or(ErrorCode::SessionEnded).into(),
        Err(failure) => failure.into(),
    }
}
