use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use carnet_app::Page;
use carnet_leptos::{FormName, Submitted};
use carnet_shared::ErrorCode;

use super::form::{ComingBack, FormRoom, Sent};
use super::form_actions::{Sender, change_account};
use super::get::lead_to;
use super::languages::AskedFor;
use super::visitor::Visitor;
use crate::app::App;
use crate::error::ApiError;
use crate::request::{Caller, Cookies, RoomForPassword};

/// POST `/profile` without script: the name, or the password. Which of them the body tells, so a flood
/// of passwords turns both away.
pub(super) async fn profile(
    State(app): State<Arc<App>>,
    FormRoom(room): FormRoom,
    AskedFor(language): AskedFor,
    caller: Caller,
    cookies: Cookies,
    sent: Sent,
) -> Result<Response, ApiError> {
    let visitor = Visitor::read(&app, &caller, &cookies, language).await?;
    take(&app, Some(&room), &caller, visitor, sent, Page::Profile).await
}

/// POST `/sessions` without script: one other device signed out, or all.
pub(super) async fn sessions(
    State(app): State<Arc<App>>,
    AskedFor(language): AskedFor,
    caller: Caller,
    cookies: Cookies,
    sent: Sent,
) -> Result<Response, ApiError> {
    let visitor = Visitor::read(&app, &caller, &cookies, language).await?;
    take(&app, None, &caller, visitor, sent, Page::Sessions).await
}

async fn take(
    app: &Arc<App>,
    room: Option<&RoomForPassword>,
    caller: &Caller,
    visitor: Visitor,
    sent: Sent,
    page: Page,
) -> Result<Response, ApiError> {
    let form = sent.name().filter(|form| is_on(page, *form)).ok_or(ErrorCode::MalformedRequest)?;
    let Submitted { fields, values, .. } = sent.read(form)?;
    let place = app.pages();
    let Some((user, session_id)) = visitor.signed_in() else {
        return Ok(visitor.answer(lead_to(&place.sign_in(&place.path_to(page.path())))));
    };
    let sender = Sender { caller, user_id: &user.id, session_id };
    match change_account(app, room, sender, form, fields).await {
        Ok(done) => {
            let path = place.path_to(page.path());
            Ok(visitor.answer(lead_to(&format!("{path}?done={}", done.slug()))))
        }
        Err(error) => {
            let back = ComingBack { page, form, values, next: None };
            Ok(back.because(app, &visitor, &error).await)
        }
    }
}

/// Whether a page has this form.
fn is_on(page: Page, form: FormName) -> bool {
    match form {
        FormName::Name | FormName::Password => page == Page::Profile,
        FormName::EndSession | FormName::EndOthers => page == Page::Sessions,
        FormName::Register | FormName::Login | FormName::SignOut => false,
    }
}
