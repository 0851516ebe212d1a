use carnet_shared::ErrorCode;

use super::decide::{Decision, Presented, decide};
use super::refresh_token::RefreshToken;
use crate::app::App;
use crate::error::ApiError;

/// Says what a refresh with this token would come to, and changes nothing.
///
/// # Errors
/// What the refresh would answer instead of tokens.
pub(crate) async fn foretell(app: &App, token: &RefreshToken) -> Result<(), ApiError> {
    let row = app.store.session_row(&token.session_id.to_string()).await?;
    let presented = Presented::new(token.generation, token.secret_hash(), None, None);
    let grace = app.settings.tokens.reuse_grace.seconds();
    match decide(row.as_ref(), &presented, app.clock.now(), grace) {
        Decision::Advance
        | Decision::Static
        | Decision::Repeated
        | Decision::Raced { .. }
        | Decision::Behind => Ok(()),
        Decision::Over(code) => Err(code.into()),
        Decision::Forked | Decision::Stale => Err(ErrorCode::SessionReused.into()),
        Decision::Late => Err(ErrorCode::Superseded.into()),
        Decision::Lost | Decision::Unknown => Err(ErrorCode::InvalidRefreshToken.into()),
    }
}
