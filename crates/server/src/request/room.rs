use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::app::App;
use crate::error::ApiError;
use crate::passwords::HasherError;

/// There is room for a password in the queue. Every place in that queue is given for one of these,
/// and a handler gets one only as an argument, which comes before the body: so no request is able to
/// have a password hashed that a flood does not turn away unread. The place itself is taken later,
/// or somebody could hold one by sending slowly.
#[derive(Debug)]
pub(crate) struct RoomForPassword(());

impl RoomForPassword {
    /// For commands, whose operator waits alone, and for what an embedder's tests ask for directly.
    pub(crate) fn for_command() -> Self {
        Self(())
    }
}

impl FromRequestParts<Arc<App>> for RoomForPassword {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        if app.passwords.are_busy() { Err(HasherError::Busy.into()) } else { Ok(Self(())) }
    }
}
