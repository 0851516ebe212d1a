use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use carnet_shared::{ErrorCode, Fields, MalformedBody};
use url::form_urlencoded;

use crate::error::ApiError;

/// The fields of a JSON body.
#[derive(Debug)]
pub(crate) struct JsonFields(pub Fields);

/// The same where the body may be left out.
#[derive(Debug)]
pub(crate) struct OptionalFields(pub Fields);

/// The fields of a form, as OAuth sends them, or of a JSON body.
#[derive(Debug)]
pub(crate) struct FormOrJsonFields(pub Fields);

impl<S: Send + Sync> FromRequest<S> for FormOrJsonFields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let is_form = content_type(request.headers()) == FORM;
        if !is_form {
            require_json(request.headers())?;
        }
        let body = read(request, state).await?;
        if !is_form {
            return Ok(Self(parse(&body)?));
        }
        let pairs = form_urlencoded::parse(&body).into_owned();
        Ok(Self(Fields::from_form(pairs).map_err(|MalformedBody| ErrorCode::MalformedRequest)?))
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonFields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        require_json(request.headers())?;
        let body = read(request, state).await?;
        Ok(Self(parse(&body)?))
    }
}

impl<S: Send + Sync> FromRequest<S> for OptionalFields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let is_json = require_json(request.headers());
        let body = read(request, state).await?;
        if body.is_empty() {
            return Ok(Self(parse(b"{}")?));
        }
        is_json?;
        Ok(Self(parse(&body)?))
    }
}

/// Also what keeps forms of other sites out: they cannot send this type without asking first.
fn require_json(headers: &HeaderMap) -> Result<(), ApiError> {
    if content_type(headers) == JSON { Ok(()) } else { Err(ErrorCode::UnsupportedMediaType.into()) }
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Without its parameters, in lower case.
fn content_type(headers: &HeaderMap) -> String {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            ErrorCode::PayloadTooLarge.into()
        } else {
            ErrorCode::MalformedRequest.into()
        }
    })
}

fn parse(body: &[u8]) -> Result<Fields, ApiError> {
    Fields::from_json(body).map_err(|MalformedBody| ErrorCode::MalformedRequest.into())
}
