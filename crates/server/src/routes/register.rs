use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use carnet_shared::{Delivery, ErrorCode, FieldCode, FieldError, RegisterRequest, Secret};

use crate::app::App;
use crate::audit::{AccountEvent, Event, RefusalEvent};
use crate::begin::{Api, Beginning, begin_session};
use crate::error::ApiError;
use crate::issued::Issued;
use crate::limits::Subject;
use crate::passwords::NewHash;
use crate::request::{
    Caller, Cookies, DeviceCookie, JsonFields, RoomForPassword, require_same_origin,
};
use crate::routes::login::{Client, remember_device};
use crate::settings::Registration;
use crate::store::NewUser;

/// What everybody is who made the account without an operator.
pub(crate) const FIRST_ROLE: &str = "user";

/// POST `/api/auth/register`: makes an account and signs it in.
pub(crate) async fn register(
    State(app): State<Arc<App>>,
    room: RoomForPassword,
    caller: Caller,
    cookies: Cookies,
    device: DeviceCookie,
    headers: HeaderMap,
    JsonFields(fields): JsonFields,
) -> Result<Issued, ApiError> {
    let request = RegisterRequest::parse(fields, app.settings.passwords.policy())?;
    if request.delivery == Some(Delivery::Cookie) {
        require_same_origin(&headers, &app)?;
    }
    let client = Client { caller: &caller, cookies: &cookies, device: &device, api: Api::Carnet };
    create_account(&app, &room, &client, request).await
}

/// Makes the account, for the JSON API and the plain form alike.
pub(crate) async fn create_account(
    app: &Arc<App>,
    room: &RoomForPassword,
    client: &Client<'_>,
    request: RegisterRequest,
) -> Result<Issued, ApiError> {
    if app.settings.server.registration == Registration::Closed {
        return Err(ErrorCode::RegistrationClosed.into());
    }
    let place = app.passwords.place(room)?;
    let (address, email) = (client.caller.address, Subject::email(request.email.as_str()));
    let limited = app.limits.register(address, email, app.clock.monotonic_millis());
    app.admit(client.caller, None, "registration", limited)?;
    refuse_taken(app, client, &request).await?;
    let password = request.password.secret();
    let user = NewUser {
        id: app.new_id(),
        password_hash: match app.passwords.hash_new(place, password, known(&request)).await? {
            NewHash::Hash(hash) => hash,
            NewHash::TooEasy => return Err(ApiError::field("password", FieldCode::TooEasy)),
        },
        email: request.email.clone(),
        username: request.username.clone(),
        name: request.name.clone().unwrap_or_default(),
        roles: vec![FIRST_ROLE.to_owned()],
        created_at: app.clock.now(),
    };
    if let Err(error) = app.store.add_user(&user).await {
        // Somebody was quicker while the password was hashed.
        if error.is_taken() {
            refuse_taken(app, client, &request).await?;
        }
        return Err(error.into());
    }
    let origin = client.caller.as_user(&user.id);
    app.record(Event::of_account(AccountEvent::AccountCreated, &user.id, origin)).await;
    let beginning = Beginning {
        user_id: &user.id,
        user_epoch: 0,
        api: client.api,
        delivery: request.delivery,
        remember: request.remember,
        audience: app.audience(None)?,
        origin: client.caller.as_user(&user.id),
        cookies: client.cookies,
        by: "registration",
    };
    let issued = begin_session(app, beginning).await?.with_status(StatusCode::CREATED);
    Ok(remember_device(app, client, &user.id, issued))
}

/// What an attacker would try first who knows this person.
fn known(request: &RegisterRequest) -> Vec<Secret> {
    let name = request.name.as_ref().map_or("", |name| name.as_str());
    let (email, local) = (request.email.as_str(), request.email.local_part());
    [request.username.as_str(), email, local, name].map(Secret::new).into()
}

/// Refuses names that another account has. That an e-mail address is taken says who has an account
/// here, so it is said only so often to one network, and only where the username is free.
async fn refuse_taken(
    app: &App,
    client: &Client<'_>,
    request: &RegisterRequest,
) -> Result<(), ApiError> {
    let caller = client.caller;
    let limited = app.limits.taken_email(caller.address, app.clock.monotonic_millis());
    app.admit(caller, None, "registration", limited)?;
    let owners = app.store.owners(&request.email, &request.username).await?;
    let (field, owner) = match (owners.of_username, owners.of_email) {
        (Some(owner), _) => ("username", Some(owner)),
        (None, owner) => ("email", owner),
    };
    if owner.is_none() || field == "username" {
        app.limits.no_taken_email(caller.address, app.clock.monotonic_millis());
    }
    let Some(owner) = owner else { return Ok(()) };
    // Of the account that has it, whose owner may want to know that somebody asks.
    let origin = caller.anonymous();
    let event = Event::refused(RefusalEvent::RegistrationRefused, Some(&owner), origin);
    app.count(&event.with_detail(field));
    Err(ApiError::Taken(vec![FieldError::new(field, FieldCode::Taken)]))
}
