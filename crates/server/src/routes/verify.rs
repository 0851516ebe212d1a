use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use carnet_shared::VerifyResponse;

use crate::app::App;
use crate::request::Current;

/// POST `/api/auth/verify`: says of the presented access token what a protected route would.
pub(crate) async fn verify(State(app): State<Arc<App>>, current: Current) -> Json<VerifyResponse> {
    Json(VerifyResponse {
        active: true,
        user: current.claims.user(),
        expires_in: current.expires_in(&app),
        session: current.claims.sid.clone(),
    })
}
