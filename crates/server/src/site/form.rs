use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::RETRY_AFTER;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use carnet_app::{FormName, FormOutcome, Page, Submitted, Trouble};
use carnet_shared::{ErrorCode, MalformedBody};
use serde_json::{Map, Value};

use super::get::unavailable;
use super::render::{page_data, render};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::ApiError;
use crate::request::{MediaType, RoomForPassword, read_body, read_form, require_same_origin};
use crate::routes::sessions::sessions_of;

/// [`RoomForPassword`] for a plain form, which is refused in words for people. They are as cheap as a
/// flood needs them to be: rendering a page is not.
#[derive(Debug)]
pub(super) struct FormRoom(pub(super) RoomForPassword);

const BUSY: &str = "<!DOCTYPE html><html lang=\"en\"><title>Busy</title>\
    <p>Too many people are signing in at this moment, so nothing was done. \
    Go back and send the form again in a few seconds.";

impl FromRequestParts<Arc<App>> for FormRoom {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        RoomForPassword::from_request_parts(parts, app).await.map(Self).map_err(|error| {
            error.log();
            let retry_after = [(RETRY_AFTER, HeaderValue::from(error.retry_after().unwrap_or(1)))];
            (StatusCode::SERVICE_UNAVAILABLE, retry_after, Html(BUSY)).into_response()
        })
    }
}

/// A plain form that a page of ours has sent.
#[derive(Debug)]
pub(super) struct Sent {
    pairs: Vec<(String, String)>,
}

impl FromRequest<Arc<App>> for Sent {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        require_same_origin(request.headers(), app)?;
        if MediaType::of(request.headers()) != MediaType::Form {
            return Err(ErrorCode::UnsupportedMediaType.into());
        }
        let body = read_body(request, app).await?;
        let pairs = read_form(&body).map_err(|MalformedBody| ErrorCode::MalformedRequest)?;
        Ok(Self { pairs })
    }
}

impl Sent {
    /// Which form of its page it says it is.
    pub(super) fn name(&self) -> Option<FormName> {
        let (_, slug) = self.pairs.iter().find(|(name, _)| name == "form")?;
        FormName::from_slug(slug)
    }

    /// What it says, as a form of this kind.
    ///
    /// # Errors
    /// When a field comes twice.
    pub(super) fn read(self, form: FormName) -> Result<Submitted, ApiError> {
        Submitted::read(form, self.pairs).map_err(|_| ErrorCode::MalformedRequest.into())
    }
}

/// A form that comes back: where, what was typed, and where it was to lead.
#[derive(Debug)]
pub(super) struct ComingBack {
    pub(super) page: Page,
    pub(super) form: FormName,
    pub(super) values: Map<String, Value>,
    pub(super) next: Option<String>,
}

impl ComingBack {
    /// The page with the form as it was sent, and why it came back.
    pub(super) async fn because(
        self,
        app: &Arc<App>,
        visitor: &Visitor,
        error: &ApiError,
    ) -> Response {
        let uri = page_uri(app, self.page);
        let mut data = page_data(app, self.page, visitor.auth.clone());
        data.next = self.next;
        data.form = Some(FormOutcome {
            form: self.form,
            values: self.values,
            trouble: Trouble {
                errors: error.field_errors().to_vec(),
                code: Some(error.code()),
                retry_after: error.retry_after().and_then(|seconds| seconds.try_into().ok()),
                ..Trouble::default()
            },
        });
        if let (Page::Sessions, Some((user, session_id))) = (self.page, visitor.signed_in()) {
            match sessions_of(app, &user.id, session_id).await {
                Ok(sessions) => data.sessions = Some(sessions),
                Err(error) => return unavailable(app, &uri, &error).await,
            }
        }
        let mut response = visitor.answer(render(app, &uri, data).await);
        if let Some(seconds) = error.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Where a page is, for what is rendered there.
pub(super) fn page_uri(app: &App, page: Page) -> Uri {
    app.pages().path_to(page.path()).parse().unwrap_or_default()
}
