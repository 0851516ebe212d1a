use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::{Caller, Current};
use crate::app::App;
use crate::error::ApiError;
use crate::limits::Writer;

/// Who is signed in and may change something: [`Current`], and one write of the session's bucket. It
/// comes before the body, which a refusal leaves unread.
#[derive(Debug)]
pub(crate) struct WritingUser(pub(crate) Writer);

impl FromRequestParts<Arc<App>> for WritingUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let current = <Current as FromRequestParts<_>>::from_request_parts(parts, app).await?;
        let (user_id, session_id) = (&current.claims.sub, &current.claims.sid);
        let limited = app.limits.write(user_id, session_id, app.clock.monotonic_millis());
        let caller = match Caller::from_request_parts(parts, app).await {
            Ok(caller) => caller,
            Err(never) => match never {},
        };
        let writer = app.admit(&caller, Some(user_id), "change", limited)?;
        Ok(Self(writer))
    }
}
