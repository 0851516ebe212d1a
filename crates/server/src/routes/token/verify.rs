use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use carnet_shared::{ErrorCode, Secret};

use super::body::Body;
use super::presented::{read_refresh_token, refused, why_over};
use super::refused::{Or, Refused};
use super::tokens::Empty;
use crate::app::App;
use crate::error::ApiError;
use crate::request::{Caller, NoForeignForm};
use crate::tokens::{RefreshToken, foretell};

/// POST `/api/token/verify/`: says of an access token what a protected route would, and of a refresh
/// token what a refresh would, which does not happen.
pub(crate) async fn verify(
    State(app): State<Arc<App>>,
    caller: Caller,
    _: Or<NoForeignForm>,
    mut body: Body,
) -> Result<Json<Empty>, Refused> {
    let text = body.token("token");
    let text = body.finish(text)?;
    match read_refresh_token(&app, &text).await? {
        Some(token) => verify_refresh_token(&app, &caller, &token).await?,
        None => verify_access_token(&app, &text).await?,
    }
    Ok(Json(Empty {}))
}

/// It asks the database as a refresh does, so it is limited like one.
async fn verify_refresh_token(
    app: &App,
    caller: &Caller,
    token: &RefreshToken,
) -> Result<(), Refused> {
    let now = app.clock.monotonic_millis();
    app.admit(caller, None, "verify", app.limits.refresh(caller.address, now))?;
    let limited = app.limits.refresh_of(&token.session_id.to_string(), now);
    app.admit(caller, None, "verify", limited)?;
    match foretell(app, token).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, token, error).await),
    }
}

async fn verify_access_token(app: &App, text: &Secret) -> Result<(), Refused> {
    match app.verify(text.expose()).await {
        Ok(_) => Ok(()),
        Err(ApiError::Code(ErrorCode::SessionEnded)) => {
            let (keys, now) = (app.keys.ring(), app.clock.now());
            let verified = app.verifier.verify(text.expose(), keys.verifying(), now)?;
            Err(why_over(app, &verified.claims().sid).await)
        }
        Err(error) => Err(error.into()),
    }
}
