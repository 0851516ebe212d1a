use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use carnet_shared::{UpdateProfileRequest, User};

use crate::app::App;
use crate::error::ApiError;
use crate::request::{Current, JsonFields};

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
    JsonFields(fields): JsonFields,
) -> Result<Json<User>, ApiError> {
    let request = UpdateProfileRequest::parse(fields)?;
    Ok(Json(rename(&app, &current.claims.sub, &request).await?))
}

/// Changes the name, for the JSON API and the plain form alike.
pub(crate) async fn rename(
    app: &App,
    user_id: &str,
    request: &UpdateProfileRequest,
) -> Result<User, ApiError> {
    let (change_id, now) = (app.new_id(), app.clock.now());
    let row = app.store.rename(user_id, &request.name, &change_id, now).await?;
    let row = row.ok_or_else(App::gone)?;
    Ok(row.user()?)
}
