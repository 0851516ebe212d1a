use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use carnet_shared::{UpdateProfileRequest, User};

use crate::app::App;
use crate::audit::{AccountEvent, Event};
use crate::error::ApiError;
use crate::limits::Writer;
use crate::request::{Caller, Current, JsonFields, WritingUser};

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
    WritingUser(writer): WritingUser,
    caller: Caller,
    JsonFields(fields): JsonFields,
) -> Result<Json<User>, ApiError> {
    let request = UpdateProfileRequest::parse(fields)?;
    Ok(Json(rename(&app, &caller, &writer, &request).await?))
}

/// Changes the name, for the JSON API and the plain form alike.
pub(crate) async fn rename(
    app: &App,
    caller: &Caller,
    writer: &Writer,
    request: &UpdateProfileRequest,
) -> Result<User, ApiError> {
    let (user_id, session_id) = (writer.user_id(), writer.session_id());
    let limited = app.limits.rename(writer, app.clock.monotonic_millis());
    app.admit(caller, Some(user_id), "change of the name", limited)?;
    let row = app.store.rename(user_id, &request.name).await?;
    let user = row.ok_or_else(App::gone)?.user()?;
    let event = Event::of_account(AccountEvent::NameChanged, user_id, caller.as_user(user_id));
    app.record(event.in_session(session_id)).await;
    Ok(user)
}
