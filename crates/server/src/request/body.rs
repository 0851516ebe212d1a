use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode};
use carnet_shared::{ErrorCode, Fields, MalformedBody};

use super::form::read_form;
use super::media_type::{MediaType, is_encoded};
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
        let is_form = MediaType::of(request.headers()) == MediaType::Form;
        if !is_form {
            require_json(request.headers())?;
        }
        let body = read_body(request, state).await?;
        if !is_form {
            return Ok(Self(parse(&body)?));
        }
        let fields = read_form(&body).and_then(Fields::from_form);
        Ok(Self(fields.map_err(|MalformedBody| ErrorCode::MalformedRequest)?))
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonFields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        require_json(request.headers())?;
        let body = read_body(request, state).await?;
        Ok(Self(parse(&body)?))
    }
}

impl<S: Send + Sync> FromRequest<S> for OptionalFields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let is_json = require_json(request.headers());
        let body = read_body(request, state).await?;
        if body.is_empty() {
            return Ok(Self(parse(b"{}")?));
        }
        is_json?;
        Ok(Self(parse(&body)?))
    }
}

/// Also what keeps forms of other sites out: they cannot send this type without asking first.
fn require_json(headers: &HeaderMap) -> Result<(), ApiError> {
    match MediaType::of(headers) {
        MediaType::Json => Ok(()),
        MediaType::Form | MediaType::Other => Err(ErrorCode::UnsupportedMediaType.into()),
    }
}

/// Reads a body to its end.
///
/// # Errors
/// When it is too large, compressed, or breaks off.
pub(crate) async fn read_body<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<Bytes, ApiError> {
    if is_encoded(request.headers()) {
        return Err(ErrorCode::UnsupportedMediaType.into());
    }
    let read = Bytes::from_request(request, state).await;
    read.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::PayloadTooLarge.into(),
        _ => ErrorCode::MalformedRequest.into(),
    })
}

fn parse(body: &[u8]) -> Result<Fields, ApiError> {
    Fields::from_json(body).map_err(|MalformedBody| ErrorCode::MalformedRequest.into())
}
