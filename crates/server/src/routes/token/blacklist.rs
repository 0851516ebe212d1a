use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use carnet_shared::ErrorCode;

use super::body::Body;
use super::presented::refresh_token;
use super::refused::{Or, Refused};
use super::tokens::Empty;
use crate::app::App;
use crate::request::{Caller, NoForeignForm};
use crate::routes::logout::end;
use crate::tokens::over;

/// POST `/api/token/blacklist/`: ends the session of the refresh token, with its access tokens. Said
/// again of a session that has ended it answers the same.
pub(crate) async fn blacklist(
    State(app): State<Arc<App>>,
    caller: Caller,
    _: Or<NoForeignForm>,
    mut body: Body,
) -> Result<Json<Empty>, Refused> {
    let text = body.token("refresh");
    let text = body.finish(text)?;
    let limited = app.limits.refresh(caller.address, app.clock.monotonic_millis());
    app.admit(&caller, None, "blacklist", limited)?;
    let token = refresh_token(&app, &text).await?;
    let session_id = token.session_id.to_string();
    let row = app.store.session_row(&session_id).await?;
    if row.is_some_and(|row| over(&row, app.clock.now()) == Some(ErrorCode::SessionExpired)) {
        return Err(Refused::expired_token());
    }
    end(&app, &caller, &session_id).await?;
    Ok(Json(Empty {}))
}
