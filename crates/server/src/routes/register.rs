use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use carnet_shared::{Delivery, ErrorCode, FieldCode, FieldError, RegisterRequest};

use crate::app::App;
use crate::begin::{Api, Beginning, begin_session};
use crate::error::ApiError;
use crate::issued::Issued;
use crate::passwords::is_too_easy;
use crate::request::{Caller, Cookies, JsonFields, RoomForPassword, require_same_origin};
use crate::settings::Registration;
use crate::store::{Event, EventKind, NewUser};

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
    app.limits.register(caller.address, request.email.as_str(), app.clock.now_millis())?;
    refuse_easy_password(&request)?;
    refuse_taken(app, &request).await?;
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
            refuse_taken(app, &request).await?;
        }
        return Err(error.into());
    }
    record(app, caller, &user.id).await;
    let beginning = Beginning {
        user_id: &user.id,
        user_epoch: 0,
        api: Api::Carnet,
        delivery: request.delivery,
        remember: request.remember,
        audience: app.audience(None)?,
        caller,
        cookies,
        event: None,
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

async fn refuse_taken(app: &App, request: &RegisterRequest) -> Result<(), ApiError> {
    let (email, username) = app.store.taken(&request.email, &request.username).await?;
    let errors: Vec<FieldError> = [("email", email), ("username", username)]
        .into_iter()
        .filter(|(_, is_taken)| *is_taken)
        .map(|(field, _)| FieldError::new(field, FieldCode::Taken))
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(ApiError::Taken(errors)) }
}

async fn record(app: &App, caller: &Caller, user_id: &str) {
    app.record(Event {
        kind: EventKind::AccountCreated,
        user_id: Some(user_id),
        session_id: None,
        address: Some(&caller.address_text),
        detail: "registered",
    })
    .await;
}
