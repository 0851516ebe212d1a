use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use carnet_shared::{ChangePasswordRequest, ErrorCode, FieldCode};

use crate::app::App;
use crate::audit::{AccountEvent, Event, SessionRefusal};
use crate::error::ApiError;
use crate::issued::Issued;
use crate::passwords::{Verdict, is_too_easy};
use crate::request::{Caller, Cookies, Current, JsonFields};
use crate::routes::refresh::presented_token;
use crate::store::{Credentials, PasswordChange, PasswordChanged};
use crate::tokens::{Granted, RefreshToken, Rotation, refuse_first, rotate};

/// Who changes a password, and in which session.
#[derive(Debug)]
pub(crate) struct Changing<'a> {
    pub(crate) user_id: &'a str,
    pub(crate) session_id: &'a str,
    pub(crate) caller: &'a Caller,
    /// The session's refresh token where it came along: the session is rotated then.
    pub(crate) token: Option<RefreshToken>,
}

/// POST `/api/me/password`: changes the password; this session goes on, the others end.
pub(crate) async fn change_password(
    State(app): State<Arc<App>>,
    current: Current,
    caller: Caller,
    cookies: Cookies,
    headers: HeaderMap,
    JsonFields(fields): JsonFields,
) -> Result<Issued, ApiError> {
    let request = ChangePasswordRequest::parse(fields, app.settings.passwords.policy())?;
    let token = presented_token(&app, request.refresh_token.as_ref(), &cookies, &headers).await?;
    let session_id = &current.claims.sid;
    let changing = Changing {
        user_id: &current.claims.sub,
        session_id,
        caller: &caller,
        token: token.filter(|token| token.session_id.to_string() == *session_id),
    };
    change(&app, changing, &request).await
}

/// Changes the password, for the JSON API and the plain form alike.
pub(crate) async fn change(
    app: &Arc<App>,
    changing: Changing<'_>,
    request: &ChangePasswordRequest,
) -> Result<Issued, ApiError> {
    let credentials = check_current(app, &changing, request).await?;
    let row = app.store.user(changing.user_id).await?.ok_or_else(App::gone)?;
    let known = [row.username.as_str(), &row.email, &row.name, request.current_password.expose()];
    if is_too_easy(request.new_password.secret(), &known) {
        return Err(ApiError::field("new_password", FieldCode::TooEasy));
    }
    if let Some(token) = &changing.token {
        // Before anything changes: a client that is told to ask again sends the same passwords.
        refuse_first(app, &rotation(&changing, token, request)).await?;
    }
    let hash = app.passwords.hash(request.new_password.secret()).await?;
    let now = app.clock.now();
    let change =
        PasswordChange { old: &credentials, hash: &hash, session: Some(changing.session_id), now };
    match app.store.change_password(&change).await? {
        PasswordChanged::Changed(ended) => app.sessions_ended(&ended),
        PasswordChanged::Raced => {
            return Err(ApiError::field("current_password", FieldCode::Wrong));
        }
    }
    record(app, &changing).await;
    go_on(app, &changing, request).await
}

async fn check_current(
    app: &App,
    changing: &Changing<'_>,
    request: &ChangePasswordRequest,
) -> Result<Credentials, ApiError> {
    let address = changing.caller.address;
    let place = app.passwords.place()?;
    let limited = app.limits.password(address, changing.user_id, app.clock.now_millis());
    app.admit(changing.caller, Some(changing.user_id), "password change", limited)?;
    let credentials = app.store.credentials_of(changing.user_id).await?.ok_or_else(App::gone)?;
    let hash = Some(&credentials.password_hash);
    match app.passwords.check(place, &request.current_password, hash).await? {
        Verdict::Right | Verdict::RightButOutdated => {
            app.limits.password_was_right(address, changing.user_id);
            Ok(credentials)
        }
        Verdict::Wrong => {
            let Changing { user_id, session_id, caller, .. } = *changing;
            let (kind, origin) = (SessionRefusal::PasswordRefused, caller.as_user(user_id));
            app.count(&Event::refused_in_session(kind, user_id, session_id, origin));
            Err(ApiError::field("current_password", FieldCode::Wrong))
        }
    }
}

/// The session's next tokens: rotated where its refresh token came along.
async fn go_on(
    app: &Arc<App>,
    changing: &Changing<'_>,
    request: &ChangePasswordRequest,
) -> Result<Issued, ApiError> {
    let audience = app.audience(None)?;
    if let Some(token) = &changing.token {
        let (granted, successor) = rotate(app, &rotation(changing, token, request)).await?;
        return Issued::new(app, granted, audience, Some(&successor));
    }
    let session = app.store.session_now(changing.session_id, app.clock.now()).await?;
    let session = session.ok_or(ErrorCode::SessionEnded)?;
    Issued::new(app, Granted::try_from(session)?, audience, None)
}

fn rotation<'a>(
    changing: &'a Changing<'_>,
    token: &'a RefreshToken,
    request: &'a ChangePasswordRequest,
) -> Rotation<'a> {
    Rotation {
        token,
        attempt: request.attempt.as_ref(),
        previous: request.previous.as_ref(),
        caller: changing.caller,
    }
}

async fn record(app: &App, changing: &Changing<'_>) {
    let Changing { user_id, session_id, caller, .. } = *changing;
    let origin = caller.as_user(user_id);
    let event = Event::of_account(AccountEvent::PasswordChanged, user_id, origin);
    app.record(event.in_session(session_id)).await;
}
