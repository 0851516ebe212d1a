//! What a plain form does, on Carnet's own pages and on those of an app alike.

use std::sync::Arc;

use carnet_leptos::{Done, FormName};
use carnet_shared::{
    ChangePasswordRequest, Delivery, ErrorCode, Fields, LoginRequest, RegisterRequest,
    UpdateProfileRequest,
};

use crate::app::App;
use crate::error::ApiError;
use crate::issued::Issued;
use crate::limits::Writer;
use crate::request::{Caller, RoomForPassword};
use crate::routes::login::{Client, sign_in};
use crate::routes::me::rename;
use crate::routes::password::{Changing, change};
use crate::routes::register::create_account;
use crate::routes::sessions::{end_one_of, end_others_of};

/// Signs in, or makes an account and signs in. The refresh token goes into a cookie.
pub(super) async fn enter(
    app: &Arc<App>,
    room: &RoomForPassword,
    client: &Client<'_>,
    form: FormName,
    mut fields: Fields,
) -> Result<Issued, ApiError> {
    fields.set("delivery", Delivery::Cookie.as_str());
    match form {
        FormName::Login => sign_in(app, room, client, LoginRequest::parse(fields)?).await,
        FormName::Register => {
            let request = RegisterRequest::parse(fields, app.settings.passwords.policy())?;
            create_account(app, room, client, request).await
        }
        _ => Err(ErrorCode::MalformedRequest.into()),
    }
}

/// Who has sent a form about their account.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sender<'a> {
    pub(super) caller: &'a Caller,
    pub(super) user_id: &'a str,
    pub(super) session_id: &'a str,
}

struct Owner<'a> {
    writer: Writer,
    caller: &'a Caller,
}

/// Changes something about an account.
pub(super) async fn change_account(
    app: &Arc<App>,
    room: Option<&RoomForPassword>,
    sender: Sender<'_>,
    form: FormName,
    fields: Fields,
) -> Result<Done, ApiError> {
    let Sender { caller, user_id, session_id } = sender;
    let limited = app.limits.write(user_id, session_id, app.clock.monotonic_millis());
    let writer = app.admit(caller, Some(user_id), "change", limited)?;
    let owner = Owner { writer, caller };
    match (form, room) {
        (FormName::Name, _) => save_name(app, &owner, fields).await,
        (FormName::Password, Some(room)) => change_password(app, room, &owner, fields).await,
        (FormName::EndSession, _) => end_session(app, &owner, fields).await,
        (FormName::EndOthers, _) => end_others(app, &owner, fields).await,
        _ => Err(ErrorCode::MalformedRequest.into()),
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
