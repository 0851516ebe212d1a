use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use carnet_shared::PresentedSession;

use crate::app::App;
use crate::request::Current;

/// GET `/api/auth/session`: what the access token says, without a query.
pub(crate) async fn session(
    State(app): State<Arc<App>>,
    current: Current,
) -> Json<PresentedSession> {
    Json(PresentedSession {
        user: current.claims.user(),
        expires_in: current.expires_in(&app),
        session: current.claims.sid.clone(),
    })
}
