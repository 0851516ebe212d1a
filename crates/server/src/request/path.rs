use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use carnet_shared::ErrorCode;

use crate::error::ApiError;

/// The one variable segment of a path, decoded. axum's own `Path` answers a malformed one as text.
#[derive(Debug)]
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        #[expect(clippy::disallowed_types, reason = "its rejection is replaced here")]
        let segment = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        match segment {
            Ok(segment) => Ok(Self(segment.0)),
            Err(_) => Err(ErrorCode::MalformedRequest.into()),
        }
    }
}
