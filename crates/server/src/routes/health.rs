use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::app::App;
use crate::error::ApiError;

/// What a health check is answered while all is well.
#[derive(Debug, Serialize)]
pub(crate) struct Health {
    status: &'static str,
}

const OK: Json<Health> = Json(Health { status: "ok" });

/// GET `/healthz`: the process is alive.
pub(crate) async fn healthz() -> Json<Health> {
    OK
}

/// GET `/readyz`: the database answers too, what other instances ended and changed is read as it
/// should be, and the keys could be opened.
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<Json<Health>, ApiError> {
    app.know_changes().await?;
    if !app.reader.is_ready(&*app.clock) {
        return Err(ApiError::Stale);
    }
    app.store.ping().await?;
    Ok(OK)
}
