use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::error::ApiError;

/// GET `/healthz`: the process is alive.
pub(crate) async fn healthz() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// GET `/readyz`: the database answers too. The keys were tested before anything was served.
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<StatusCode, ApiError> {
    app.store.ping().await?;
    Ok(StatusCode::NO_CONTENT)
}
