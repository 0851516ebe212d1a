use carnet_shared::{Secret, TokenResponse, TokenSession};

use super::access::{Granted, access_token};
use crate::app::App;
use crate::error::ApiError;

/// The answer that carries tokens (RFC 6749 §5.1), with the user and the server's clock.
///
/// # Errors
/// When signing fails.
pub(crate) async fn token_response(
    app: &App,
    granted: Granted,
    audience: &str,
    refresh_token: Option<Secret>,
) -> Result<TokenResponse, ApiError> {
    let now = app.clock.now();
    let (access_token, expires_in) = access_token(app, &granted, audience, now).await?;
    Ok(TokenResponse {
        access_token,
        token_type: "Bearer".to_owned(),
        expires_in,
        refresh_token,
        refresh_expires_in: granted.idle_expires_at.min(granted.expires_at) - now,
        server_time: now,
        session: TokenSession {
            id: granted.session_id,
            created_at: granted.created_at,
            expires_at: granted.expires_at,
        },
        user: granted.user,
    })
}
