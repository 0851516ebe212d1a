use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::RETRY_AFTER;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use carnet_app::Page;
use carnet_leptos::{FormName, FormOutcome, Language, Submitted, Text, Trouble, WrittenSessions};
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

impl FromRequestParts<Arc<App>> for FormRoom {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let language = app.site.languages.asked_for(&parts.headers);
        let room = RoomForPassword::from_request_parts(parts, app).await;
        room.map(Self).map_err(|error| busy(language, &error))
    }
}

fn busy(language: Language, error: &ApiError) -> Response {
    error.log();
    let texts = language.texts();
    let retry_after = [(RETRY_AFTER, HeaderValue::from(error.retry_after().unwrap_or(1)))];
    // The texts are the operators' own.
    let page = format!(
        "<!DOCTYPE html><html lang=\"{}\"><title>{}</title><p>{}",
        language.tag(),
        texts.get(Text::BusyTitle),
        texts.get(Text::BusyText)
    );
    (StatusCode::SERVICE_UNAVAILABLE, retry_after, Html(page)).into_response()
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
        data.handover.next = self.next;
        data.handover.form =
            Some(FormOutcome { form: self.form, values: self.values, trouble: trouble(error) });
        if let (Page::Sessions, Some((user, session_id))) = (self.page, visitor.signed_in()) {
            match sessions_of(app, &user.id, session_id).await {
                Ok(sessions) => data.handover.sessions = Some(WrittenSessions::new(&sessions)),
                Err(error) => return unavailable(app, &uri, visitor.language, &error).await,
            }
        }
        let mut response = visitor.answer(render(app, &uri, data, visitor.language).await);
        if let Some(seconds) = error.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Why a form was not accepted, as its page says it.
pub(super) fn trouble(error: &ApiError) -> Trouble {
    Trouble {
        errors: error.field_errors().to_vec(),
        code: Some(error.code()),
        retry_after: error.retry_after().and_then(|seconds| seconds.try_into().ok()),
        ..Trouble::default()
    }
}

/// Where a page is, for what is rendered there.
pub(super) fn page_uri(app: &App, page: Page) -> Uri {
    app.pages().path_to(page.path()).parse().unwrap_or_default()
}
