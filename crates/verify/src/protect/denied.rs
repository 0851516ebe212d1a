use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use carnet_shared::{ErrorCode, PROBLEM_CONTENT_TYPE, Problem};
use thiserror::Error;

use crate::{Refusal, TokenError};

/// Why a request is not let in. As an answer it is what Carnet itself would say: a problem
/// (RFC 9457) with a code to match on and a challenge (RFC 6750 §3), which does not tell which
/// check failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Denied {
    /// No token came along: 401 `missing_token`.
    #[error("no access token")]
    Missing,
    /// The token is refused, 401 `invalid_token`, or there are no keys to look at it with, 503
    /// `unavailable`.
    #[error("access token: {0}")]
    Token(#[from] TokenError),
    /// The account does not have the role: 403 `forbidden`.
    #[error("the role is missing")]
    Role,
}

impl Denied {
    /// The code that the caller gets.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Missing => ErrorCode::MissingToken,
            Self::Token(TokenError::Refused(_)) => ErrorCode::InvalidToken,
            Self::Token(TokenError::Keys(_)) => ErrorCode::Unavailable,
            Self::Role => ErrorCode::Forbidden,
        }
    }

    /// RFC 6750 §3.1: no error code where no token was presented.
    fn challenge(self) -> Option<&'static str> {
        match self {
            Self::Missing => Some(r#"Bearer realm="carnet""#),
            Self::Token(TokenError::Refused(_)) => {
                Some(r#"Bearer realm="carnet", error="invalid_token""#)
            }
            Self::Token(TokenError::Keys(_)) => None,
            Self::Role => Some(r#"Bearer realm="carnet", error="insufficient_scope""#),
        }
    }
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self::Token(refusal.into())
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        tracing::debug!(reason = %self, "a request was denied");
        let problem = Problem::new(self.code());
        let status = StatusCode::from_u16(problem.status);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status.unwrap_or(StatusCode::UNAUTHORIZED), body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_CONTENT_TYPE));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(challenge) = self.challenge() {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Self::Token(TokenError::Keys(unavailable)) = self {
            headers.insert(RETRY_AFTER, HeaderValue::from(unavailable.retry_after()));
        }
        response
    }
}
