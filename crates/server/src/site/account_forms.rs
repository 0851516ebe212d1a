use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use carnet_app::{Done, FormName, Page, Submitted};
use carnet_shared::{ChangePasswordRequest, ErrorCode, Fields, UpdateProfileRequest};

use super::form::{ComingBack, FormRoom, Sent};
use super::get::lead_to;
use super::visitor::Visitor;
use crate::app::App;
use crate::error::ApiError;
use crate::limits::Writer;
use crate::request::{Caller, Cookies, RoomForPassword};
use crate::routes::me::rename;
use crate::routes::password::{Changing, change};
use crate::routes::sessions::{end_one_of, end_others_of};

/// Who has sent a form about their account.
struct Owner<'a> {
    writer: Writer,
    caller: &'a Caller,
}

/// POST `/profile` without script: the name, or the password. Which of them the body tells, so a flood
/// of passwords turns both away.
pub(super) async fn profile(
    State(app): State<Arc<App>>,
    FormRoom(room): FormRoom,
    caller: Caller,
    cookies: Cookies,
    sent: Sent,
) -> Result<Response, ApiError> {
    take(&app, Some(&room), &caller, &cookies, sent, Page::Profile).await
}

/// POST `/sessions` without script: one other device signed out, or all.
pub(super) async fn sessions(
    State(app): State<Arc<App>>,
    caller: Caller,
    cookies: Cookies,
    sent: Sent,
) -> Result<Response, ApiError> {
    take(&app, None, &caller, &cookies, sent, Page::Sessions).await
}

async fn take(
    app: &Arc<App>,
    room: Option<&RoomForPassword>,
    caller: &Caller,
    cookies: &Cookies,
    sent: Sent,
    page: Page,
) -> Result<Response, ApiError> {
    let form = sent.name().ok_or(ErrorCode::MalformedRequest)?;
    let Submitted { fields, values, .. } = sent.read(form)?;
    let visitor = Visitor::read(app, caller, cookies).await?;
    let place = app.pages();
    let Some((user, session_id)) = visitor.signed_in() else {
        return Ok(visitor.answer(lead_to(&place.sign_in(&place.path_to(page.path())))));
    };
    let limited = app.limits.write(&user.id, session_id, app.clock.monotonic_millis());
    let outcome = match app.admit(caller, Some(&user.id), "change", limited) {
        Ok(writer) => {
            let owner = Owner { writer, caller };
            match (page, form, room) {
                (Page::Profile, FormName::Name, _) => save_name(app, &owner, fields).await,
                (Page::Profile, FormName::Password, Some(room)) => {
                    change_password(app, room, &owner, fields).await
                }
                (Page::Sessions, FormName::EndSession, _) => end_session(app, &owner, fields).await,
                (Page::Sessions, FormName::EndOthers, _) => end_others(app, &owner, fields).await,
                _ => return Err(ErrorCode::MalformedRequest.into()),
            }
        }
        Err(too_many) => Err(too_many),
    };
    match outcome {
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

async fn save_name(app: &Arc<App>, owner: &Owner<'_>, fields: Fields) -> Result<Done, ApiError> {
    let request = UpdateProfileRequest::parse(fields)?;
    rename(app, owner.caller, &owner.writer, &request).await?;
    Ok(Done::NameSaved)
}

/// The session is not rotated along: were the answer lost, a browser without the new cookie could
/// not tell a later refresh that it never had it.
async fn change_password(
    app: &Arc<App>,
    room: &RoomForPassword,
    owner: &Owner<'_>,
    fields: Fields,
) -> Result<Done, ApiError> {
    let request = ChangePasswordRequest::parse(fields, app.settings.passwords.policy())?;
    let changing = Changing { writer: &owner.writer, caller: owner.caller, token: None };
    change(app, room, changing, &request).await?;
    Ok(Done::PasswordChanged)
}

async fn end_session(
    app: &Arc<App>,
    owner: &Owner<'_>,
    mut fields: Fields,
) -> Result<Done, ApiError> {
    let id = fields.required("id", |text| Ok(text.to_owned()));
    let id = fields.finish(id)?;
    end_one_of(app, owner.caller, &owner.writer, &id).await?;
    Ok(Done::DeviceSignedOut)
}

async fn end_others(app: &Arc<App>, owner: &Owner<'_>, fields: Fields) -> Result<Done, ApiError> {
    fields.finish(Some(()))?;
    end_others_of(app, owner.caller, &owner.writer).await?;
    Ok(Done::OthersSignedOut)
}
