use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use carnet_shared::TokenRequest;

use crate::app::App;
use crate::error::ApiError;
use crate::request::{Caller, FormOrJsonFields, NoForeignForm};
use crate::routes::logout::end;
use crate::tokens::RefreshToken;

/// POST `/api/auth/revoke` (RFC 7009): ends the session that a token belongs to: a refresh token,
/// or an access token for any of the deployment's services, one that has expired or that the account
/// has outdated included. It answers 200 to anything that could be a token, junk included.
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    _: NoForeignForm,
    FormOrJsonFields(fields): FormOrJsonFields,
) -> Result<StatusCode, ApiError> {
    let request = TokenRequest::parse(fields)?;
    let limited = app.limits.refresh(caller.address, app.clock.monotonic_millis());
    app.admit(&caller, None, "revoke", limited)?;
    let token = request.token.expose();
    let session = match RefreshToken::read(token, &app.keys).await? {
        Some(token) => Some(token.session_id.to_string()),
        None => app.session_of_any(token).await?,
    };
    if let Some(session) = session {
        end(&app, &caller, &session).await?;
    }
    Ok(StatusCode::OK)
}
