use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use carnet_shared::{Claims, ErrorCode};
use carnet_verify::{Bearer, bearer_token};

use crate::app::App;
use crate::error::ApiError;
use crate::live::Live;

/// Who is signed in: to take it as an argument is to demand a good access token, of a session that
/// lives and an account that is as the token says. It costs no query.
#[derive(Debug, Clone)]
pub struct Current {
    /// What the token says.
    pub claims: Live<Claims>,
}

impl Current {
    /// Seconds until the token is no longer valid.
    pub fn expires_in(&self, app: &App) -> i64 {
        self.claims.exp - app.clock.now()
    }
}

impl FromRequestParts<Arc<App>> for Current {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let headers = parts.headers.get_all(AUTHORIZATION).iter().map(|value| value.as_bytes());
        match bearer_token(headers) {
            Ok(Bearer::Token(token)) => Ok(Self { claims: app.verify(token).await? }),
            Ok(Bearer::Absent) => Err(ErrorCode::MissingToken.into()),
            Err(refusal) => Err(refusal.into()),
        }
    }
}

impl axum::extract::OptionalFromRequestParts<Arc<App>> for Current {
    type Rejection = ApiError;

    /// Absent is fine, bad is not: who sends a token means to be somebody.
    async fn from_request_parts(
        parts: &mut Parts,
        app: &Arc<App>,
    ) -> Result<Option<Self>, ApiError> {
        match <Self as FromRequestParts<Arc<App>>>::from_request_parts(parts, app).await {
            Ok(current) => Ok(Some(current)),
            Err(ApiError::Code(ErrorCode::MissingToken)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
