use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::app::App;
use crate::error::ApiError;
use crate::passwords::HasherError;

/// There is room for a password to be checked. Taken as an argument before the body it refuses
/// whoever comes in a flood without reading what they sent; the place itself is taken later, so that
/// nobody holds one by sending slowly.
#[derive(Debug)]
pub(crate) struct RoomForPassword;

impl FromRequestParts<Arc<App>> for RoomForPassword {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        if app.passwords.are_busy() { Err(HasherError::Busy.into()) } else { Ok(Self) }
    }
}
