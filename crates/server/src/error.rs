use axum::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use carnet_shared::{ErrorCode, FieldCode, FieldError, MAX_TOKEN_LENGTH, Problem};
use carnet_verify::Refusal;
use thiserror::Error;

use crate::keys::KeyError;
use crate::limits::TooMany;
use crate::passwords::HasherError;
use crate::store::StoreError;

/// Everything that can go wrong with a request: rich for the log, poor for the caller.
#[derive(Debug, Error)]
pub enum ApiError {
    /// Refused for a reason that has a code of its own.
    #[error("{}", .0.as_str())]
    Code(ErrorCode),
    /// Fields that will not do.
    #[error("invalid fields: {0:?}")]
    Fields(Vec<FieldError>),
    /// Names that another account has.
    #[error("taken: {0:?}")]
    Taken(Vec<FieldError>),
    /// An access token that was refused; the caller is not told why.
    #[error("access token: {0}")]
    Token(#[from] Refusal),
    /// Too many attempts. `App::admit` makes it, which counts it.
    #[error("too many attempts")]
    TooMany(TooMany),
    /// A refresh that was refused, and whether the session that the cookie names is over.
    #[error("refresh refused: {}", .code.as_str())]
    Refresh {
        /// What to answer.
        code: ErrorCode,
        /// Whether the session is over for good.
        over: bool,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys cannot be looked at now.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Passwords cannot be looked at now.
    #[error(transparent)]
    Hasher(#[from] HasherError),
    /// What others ended was not heard for so long that nobody may be let in.
    #[error("the changes of other processes could not be read for too long")]
    Stale,
    /// Too much came between: try again.
    #[error("the session changed too often while it was refreshed")]
    Contended,
    /// An access token for the account would be longer than anybody accepts.
    #[error(
        "the access token of account {user_id} would have {bytes} bytes, and nothing accepts more \
         than {MAX_TOKEN_LENGTH}: take roles away with `carnet user role`, or attributes that claims \
         are made of with `carnet user set --attribute name=null`"
    )]
    TokenTooLarge {
        /// Whose.
        user_id: String,
        /// How long.
        bytes: usize,
    },
    /// The cryptographic library failed.
    #[error("signing: {0}")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

impl ApiError {
    /// One field that will not do.
    pub fn field(name: &str, code: FieldCode) -> Self {
        Self::Fields(vec![FieldError::new(name, code)])
    }

    /// The code that the caller gets.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Code(code) | Self::Refresh { code, .. } => *code,
            Self::Fields(_) => ErrorCode::InvalidFields,
            Self::Taken(_) => ErrorCode::Taken,
            Self::Token(_) => ErrorCode::InvalidToken,
            Self::TooMany(_) => ErrorCode::TooManyRequests,
            Self::TokenTooLarge { .. } => ErrorCode::TokenTooLarge,
            Self::Store(_)
            | Self::Keys(_)
            | Self::Hasher(HasherError::Busy)
            | Self::Stale
            | Self::Contended => ErrorCode::Unavailable,
            Self::Hasher(HasherError::Failed(_)) | Self::Signing(_) => ErrorCode::Internal,
        }
    }

    /// The fields that were refused.
    pub fn field_errors(&self) -> &[FieldError] {
        match self {
            Self::Fields(errors) | Self::Taken(errors) => errors,
            _ => &[],
        }
    }

    /// Seconds after which it is worth trying again.
    pub fn retry_after(&self) -> Option<i64> {
        match self {
            Self::TooMany(too_many) => Some(too_many.retry_after),
            _ if self.code() == ErrorCode::Unavailable => Some(1),
            _ => None,
        }
    }

    /// Writes it to the log, whose reader is told more than the caller.
    pub(crate) fn log(&self) {
        match self.code().status() {
            // In a flood, and while the disk is full, there are thousands.
            _ if matches!(self, Self::Store(StoreError::Full)) => {
                tracing::debug!(error = %self, "nothing new is taken in");
            }
            _ if matches!(self, Self::Hasher(HasherError::Busy)) => {
                tracing::debug!(error = %self, "a password was not looked at");
            }
            _ if matches!(self, Self::TokenTooLarge { .. }) => {
                tracing::warn!(error = %self, "nobody can be signed in to an account");
            }
            500.. => tracing::error!(error = %self, "a request failed"),
            _ => tracing::debug!(error = %self, "a request was refused"),
        }
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        Self::Code(code)
    }
}

impl From<Vec<FieldError>> for ApiError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Fields(errors)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.log();
        let code = self.code();
        let mut response =
            problem_response(Problem::new(code).with_errors(self.field_errors().to_vec()));
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The answer for a problem. The body is written at the very end, by
/// [`crate::request::finish`], which knows the request's id.
pub(crate) fn problem_response(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge(problem.code)));
    }
    let mut response = (status, headers).into_response();
    response.extensions_mut().insert(problem);
    response
}

/// RFC 6750 §3.1: no error code where no token was presented.
fn challenge(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidClient => r#"Basic realm="carnet""#,
        ErrorCode::MissingToken
        | ErrorCode::InvalidCredentials
        | ErrorCode::MissingRefreshToken => r#"Bearer realm="carnet""#,
        _ => r#"Bearer realm="carnet", error="invalid_token""#,
    }
}
