use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::body::Body;
use super::presented::{refresh_token, refused};
use super::refused::{Or, Refused};
use super::tokens::Tokens;
use crate::app::App;
use crate::request::{Caller, NoForeignForm};
use crate::tokens::{Rotation, rotate};

/// POST `/api/token/refresh/`: exchanges the refresh token for an access token and, unless its
/// session has only the one, the next refresh token.
pub(crate) async fn refresh(
    State(app): State<Arc<App>>,
    caller: Caller,
    _: Or<NoForeignForm>,
    mut body: Body,
) -> Result<Json<Tokens>, Refused> {
    let text = body.token("refresh");
    let text = body.finish(text)?;
    let limited = app.limits.refresh(caller.address, app.clock.monotonic_millis());
    app.admit(&caller, None, "refresh", limited)?;
    let token = refresh_token(&app, &text).await?;
    let limited =
        app.limits.refresh_of(&token.session_id.to_string(), app.clock.monotonic_millis());
    app.admit(&caller, None, "refresh of a session", limited)?;
    let rotation = Rotation { token: &token, attempt: None, previous: None, caller: &caller };
    match rotate(&app, &rotation).await {
        Ok((granted, successor)) => Ok(Json(Tokens::refreshed(&app, granted, &successor).await?)),
        Err(error) => Err(refused(&app, &token, error).await),
    }
}
