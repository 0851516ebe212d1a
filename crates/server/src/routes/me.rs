use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use carnet_shared::{UpdateProfileRequest, User};

use crate::app::App;
use crate::audit::{AccountEvent, Event};
use crate::error::ApiError;
use crate::request::{Caller, Current, JsonFields};

/// GET `/api/me`: the account, read from the database.
pub(crate) async fn me(
    State(app): State<Arc<App>>,
    current: Current,
) -> Result<Json<User>, ApiError> {
    let row = app.store.user(&current.claims.sub).await?.ok_or_else(App::gone)?;
    Ok(Json(row.user()?))
}

/// PATCH `/api/me`: changes what the person is called.
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    current: Current,
    caller: Caller,
    JsonFields(fields): JsonFields,
) -> Result<Json<User>, ApiError> {
    let request = UpdateProfileRequest::parse(fields)?;
    let of = (current.claims.sub.as_str(), current.claims.sid.as_str());
    Ok(Json(rename(&app, &caller, of, &request).await?))
}

/// Changes the name, for the JSON API and the plain form alike.
pub(crate) async fn rename(
    app: &App,
    caller: &Caller,
    (user_id, session_id): (&str, &str),
    request: &UpdateProfileRequest,
) -> Result<User, ApiError> {
    let row = app.store.rename(user_id, &request.name).await?;
    let user = row.ok_or_else(App::gone)?.user()?;
    let event = Event::of_account(AccountEvent::NameChanged, user_id, caller.as_user(user_id));
    app.record(event.in_session(session_id)).await;
    Ok(user)
}
