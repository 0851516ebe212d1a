use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use carnet_shared::{Delivery, ErrorCode, FieldCode, FieldError, RegisterRequest};

use crate::app::App;
use crate::audit::{AccountEvent, Event, RefusalEvent};
use crate::begin::{Api, Beginning, begin_session};
use crate::error::ApiError;
use crate::issued::Issued;
use crate::passwords::is_too_easy;
use crate::request::{Caller, Cookies, JsonFields, RoomForPassword, require_same_origin};
use crate::settings::Registration;
use crate::store::NewUser;

/// What everybody is who made the account without an operator.
const FIRST_ROLE: &str = "user";

/// POST `/api/auth/register`: makes an account and signs it in.
pub(crate) async fn register(
    State(app): State<Arc<App>>,
    RoomForPassword: RoomForPassword,
    caller: Caller,
    cookies: Cookies,
    headers: HeaderMap,
    JsonFields(fields): JsonFields,
) -> Result<Issued, ApiError> {
    let request = RegisterRequest::parse(fields, app.settings.passwords.policy())?;
    if request.delivery == Some(Delivery::Cookie) {
        require_same_origin(&headers, &app)?;
    }
    create_account(&app, &caller, &cookies, request).await
}

/// Makes the account, for the JSON API and the plain form alike.
pub(crate) async fn create_account(
    app: &Arc<App>,
    caller: &Caller,
    cookies: &Cookies,
    request: RegisterRequest,
) -> Result<Issued, ApiError> {
    if app.settings.server.registration == Registration::Closed {
        return Err(ErrorCode::RegistrationClosed.into());
    }
    let now = app.clock.now_millis();
    let limited = app.limits.register(caller.address, request.email.as_str(), now);
    app.admit(caller, None, "registration", limited)?;
    refuse_easy_password(&request)?;
    refuse_taken(app, caller, &request).await?;
    let user = NewUser {
        id: app.new_id(),
        password_hash: app.passwords.hash(request.password.secret()).await?,
        email: request.email.clone(),
        username: request.username.clone(),
        name: request.name.clone().unwrap_or_default(),
        roles: vec![FIRST_ROLE.to_owned()],
        created_at: app.clock.now(),
    };
    if let Err(error) = app.store.add_user(&user).await {
        // Somebody was quicker while the password was hashed.
        if error.is_taken() {
            refuse_taken(app, caller, &request).await?;
        }
        return Err(error.into());
    }
    let origin = caller.as_user(&user.id);
    app.record(Event::of_account(AccountEvent::AccountCreated, &user.id, origin)).await;
    let beginning = Beginning {
        user_id: &user.id,
        user_epoch: 0,
        api: Api::Carnet,
        delivery: request.delivery,
        remember: request.remember,
        audience: app.audience(None)?,
        caller,
        cookies,
        by: "registration",
    };
    Ok(begin_session(app, beginning).await?.with_status(StatusCode::CREATED))
}

fn refuse_easy_password(request: &RegisterRequest) -> Result<(), ApiError> {
    let name = request.name.as_ref().map_or("", |name| name.as_str());
    let known =
        [request.username.as_str(), request.email.as_str(), request.email.local_part(), name];
    if is_too_easy(request.password.secret(), &known) {
        Err(ApiError::field("password", FieldCode::TooEasy))
    } else {
        Ok(())
    }
}

async fn refuse_taken(
    app: &App,
    caller: &Caller,
    request: &RegisterRequest,
) -> Result<(), ApiError> {
    let owners = app.store.owners(&request.email, &request.username).await?;
    let mut errors = Vec::new();
    for (field, owner) in [("email", owners.of_email), ("username", owners.of_username)] {
        if let Some(owner) = owner {
            errors.push(FieldError::new(field, FieldCode::Taken));
            // Of the account that has it, whose owner may want to know that somebody asks.
            let origin = caller.anonymous();
            let event = Event::refused(RefusalEvent::RegistrationRefused, Some(&owner), origin);
            app.count(&event.with_detail(field));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(ApiError::Taken(errors)) }
}
