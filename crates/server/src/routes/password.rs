use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use carnet_shared::{ChangePasswordRequest, ErrorCode, FieldCode, Secret};

use crate::app::App;
use crate::audit::{AccountEvent, Event, SessionRefusal};
use crate::error::ApiError;
use crate::issued::Issued;
use crate::limits::Writer;
use crate::passwords::{NewHash, Verdict};
use crate::request::{Caller, Cookies, JsonFields, RoomForPassword, WritingUser};
use crate::routes::refresh::presented_token;
use crate::store::{Credentials, PasswordChange, PasswordChanged};
use crate::tokens::{Granted, RefreshToken, Rotation, refuse_first, rotate};

/// Who changes a password, and in which session.
#[derive(Debug)]
pub(crate) struct Changing<'a> {
    pub(crate) writer: &'a Writer,
    pub(crate) caller: &'a Caller,
    /// The session's refresh token where it came along: the session is rotated then.
    pub(crate) token: Option<RefreshToken>,
}

/// POST `/api/me/password`: changes the password; this session goes on, the others end.
pub(crate) async fn change_password(
    State(app): State<Arc<App>>,
    room: RoomForPassword,
    WritingUser(writer): WritingUser,
    caller: Caller,
    cookies: Cookies,
    headers: HeaderMap,
    JsonFields(fields): JsonFields,
) -> Result<Issued, ApiError> {
    let request = ChangePasswordRequest::parse(fields, app.settings.passwords.policy())?;
    let token = presented_token(&app, request.refresh_token.as_ref(), &cookies, &headers).await?;
    let changing = Changing {
        writer: &writer,
        caller: &caller,
        token: token.filter(|token| token.session_id.to_string() == writer.session_id()),
    };
    change(&app, &room, changing, &request).await
}

/// Changes the password, for the JSON API and the plain form alike.
pub(crate) async fn change(
    app: &Arc<App>,
    room: &RoomForPassword,
    changing: Changing<'_>,
    request: &ChangePasswordRequest,
) -> Result<Issued, ApiError> {
    let credentials = check_current(app, room, &changing, request).await?;
    let row = app.store.user(changing.writer.user_id()).await?.ok_or_else(App::gone)?;
    if let Some(token) = &changing.token {
        // Before anything changes: a client that is told to ask again sends the same passwords.
        refuse_first(app, &rotation(&changing, token, request)).await?;
    }
    let current = request.current_password.expose();
    let known = [row.username.as_str(), &row.email, &row.name, current].map(Secret::new);
    let (place, new) = (app.passwords.place(room)?, request.new_password.secret());
    let hash = match app.passwords.hash_new(place, new, known.into()).await? {
        NewHash::Hash(hash) => hash,
        NewHash::TooEasy => return Err(ApiError::field("new_password", FieldCode::TooEasy)),
    };
    let now = app.clock.now();
    let change = PasswordChange {
        old: &credentials,
        hash: &hash,
        session: Some(changing.writer.session_id()),
        now,
    };
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
    room: &RoomForPassword,
    changing: &Changing<'_>,
    request: &ChangePasswordRequest,
) -> Result<Credentials, ApiError> {
    let (user_id, session_id) = (changing.writer.user_id(), changing.writer.session_id());
    let caller = changing.caller;
    let place = app.passwords.place(room)?;
    let limited = app.limits.password_change(session_id, app.clock.monotonic_millis());
    app.admit(caller, Some(user_id), "password change", limited)?;
    let credentials = app.store.credentials_of(user_id).await?.ok_or_else(App::gone)?;
    let hash = Some(&credentials.password_hash);
    match app.passwords.check(place, &request.current_password, hash).await? {
        Verdict::Right | Verdict::RightButOutdated => {
            app.limits.current_password_was_right(session_id, app.clock.monotonic_millis());
            Ok(credentials)
        }
        Verdict::Wrong => {
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
        return Issued::new(app, granted, audience, Some(&successor)).await;
    }
    let session = app.store.session_now(changing.writer.session_id(), app.clock.now()).await?;
    let session = session.ok_or(ErrorCode::SessionEnded)?;
    Issued::new(app, Granted::try_from(session)?, audience, None).await
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
    let (user_id, session_id) = (changing.writer.user_id(), changing.writer.session_id());
    let origin = changing.caller.as_user(user_id);
    let event = Event::of_account(AccountEvent::PasswordChanged, user_id, origin);
    app.record(event.in_session(session_id)).await;
}
