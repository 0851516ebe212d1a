use std::sync::Arc;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::{ALLOW, CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use carnet_shared::ErrorCode;
use carnet_verify::Refusal;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::error::ApiError;

/// A refusal in the words of djangorestframework-simplejwt and of Django REST framework.
#[derive(Debug)]
pub(crate) enum Refused {
    /// What is wrong with which field.
    Fields(Vec<(&'static str, &'static str)>),
    /// What is wrong with the body as a whole.
    Body(String),
    /// Everything else has a sentence and a code.
    Detail {
        status: StatusCode,
        detail: String,
        code: &'static str,
        /// Seconds after which it is worth trying again.
        retry_after: Option<i64>,
    },
}

impl Refused {
    fn detail(status: StatusCode, detail: impl Into<String>, code: &'static str) -> Self {
        Self::Detail { status, detail: detail.into(), code, retry_after: None }
    }

    fn unauthorized(detail: &str, code: &'static str) -> Self {
        Self::detail(StatusCode::UNAUTHORIZED, detail, code)
    }

    /// A token that will not do.
    fn token(detail: &str) -> Self {
        Self::unauthorized(detail, "token_not_valid")
    }

    /// Not one of ours, or altered.
    pub(crate) fn invalid_token() -> Self {
        Self::token("Token is invalid")
    }

    /// Its session rested for too long, or is too old.
    pub(crate) fn expired_token() -> Self {
        Self::token("Token is expired")
    }

    /// Good, but of the other kind.
    pub(crate) fn wrong_type() -> Self {
        Self::token("Token has wrong type")
    }

    /// Good, but nobody's any more.
    pub(crate) fn no_account() -> Self {
        Self::unauthorized("No active account found for the given token.", "no_active_account")
    }

    /// The body is not what it says it is.
    pub(crate) fn malformed(why: &str) -> Self {
        let detail = format!("JSON parse error - {why}");
        Self::detail(StatusCode::BAD_REQUEST, detail, "parse_error")
    }

    /// The form is not UTF-8.
    pub(crate) fn malformed_form() -> Self {
        let detail = "Form parse error - a field is not UTF-8";
        Self::detail(StatusCode::BAD_REQUEST, detail, "parse_error")
    }

    /// The body is neither JSON nor a form.
    pub(crate) fn media_type(content_type: &str) -> Self {
        let detail = format!("Unsupported media type \"{content_type}\" in request.");
        Self::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail, "unsupported_media_type")
    }

    /// The endpoint takes POST.
    pub(crate) fn method(method: &Method) -> Self {
        let detail = format!("Method \"{method}\" not allowed.");
        Self::detail(StatusCode::METHOD_NOT_ALLOWED, detail, "method_not_allowed")
    }

    fn throttled(retry_after: i64) -> Self {
        let unit = if retry_after == 1 { "second" } else { "seconds" };
        Self::Detail {
            status: StatusCode::TOO_MANY_REQUESTS,
            detail: format!("Request was throttled. Expected available in {retry_after} {unit}."),
            code: "throttled",
            retry_after: Some(retry_after),
        }
    }

    fn unavailable(retry_after: Option<i64>) -> Self {
        Self::Detail {
            status: StatusCode::SERVICE_UNAVAILABLE,
            detail: "Service temporarily unavailable, try again later.".to_owned(),
            code: "service_unavailable",
            retry_after,
        }
    }

    fn of(error: &ApiError) -> Self {
        match (error.code(), error) {
            (_, ApiError::Token(Refusal::Expired)) | (ErrorCode::SessionExpired, _) => {
                Self::expired_token()
            }
            (
                ErrorCode::InvalidToken | ErrorCode::InvalidRefreshToken | ErrorCode::TokenOutdated,
                _,
            ) => Self::invalid_token(),
            (ErrorCode::SessionEnded | ErrorCode::SessionReused, _) => {
                Self::token("Token is blacklisted")
            }
            (ErrorCode::PasswordChanged, _) => {
                Self::unauthorized("The user's password has been changed.", "password_changed")
            }
            (ErrorCode::AccountDisabled, _) => Self::no_account(),
            (ErrorCode::InvalidCredentials, _) => Self::unauthorized(
                "No active account found with the given credentials",
                "no_active_account",
            ),
            (_, ApiError::TooMany(too_many)) => Self::throttled(too_many.retry_after),
            (ErrorCode::Unavailable, _) => Self::unavailable(error.retry_after()),
            (ErrorCode::Internal, _) => {
                Self::detail(StatusCode::INTERNAL_SERVER_ERROR, "A server error occurred.", "error")
            }
            (code, _) => Self::detail(
                StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST),
                code.title(),
                code.as_str(),
            ),
        }
    }
}

/// Whatever went wrong: it is logged here, since only its words go on.
impl<E> From<E> for Refused
where
    ApiError: From<E>,
{
    fn from(error: E) -> Self {
        let error = ApiError::from(error);
        error.log();
        Self::of(&error)
    }
}

/// An extractor of Carnet's own whose rejection is said in these words.
#[derive(Debug)]
pub(crate) struct Or<E>(pub(crate) E);

impl<E> FromRequestParts<Arc<App>> for Or<E>
where
    E: FromRequestParts<Arc<App>>,
    ApiError: From<E::Rejection>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        Ok(Self(E::from_request_parts(parts, app).await?))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, body, retry_after) = match self {
            Self::Fields(fields) => {
                let fields = fields.into_iter().map(|(name, why)| (name.to_owned(), json!([why])));
                (StatusCode::BAD_REQUEST, Value::Object(Map::from_iter(fields)), None)
            }
            Self::Body(why) => (StatusCode::BAD_REQUEST, json!({"non_field_errors": [why]}), None),
            Self::Detail { status, detail, code, retry_after } => {
                (status, json!({"detail": detail, "code": code}), retry_after)
            }
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(r#"Bearer realm="api""#));
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(ALLOW, HeaderValue::from_static("POST, OPTIONS"));
        }
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
