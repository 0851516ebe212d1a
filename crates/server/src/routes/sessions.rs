use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use carnet_shared::{ErrorCode, SessionView, SessionsResponse};
use uuid::Uuid;

use crate::app::App;
use crate::audit::{Event, SessionEvent};
use crate::device::device_name;
use crate::error::ApiError;
use crate::limits::Writer;
use crate::request::{Caller, Current, Segment, WritingUser};
use crate::store::{EndReason, SessionListing};

/// For how long ended sessions are listed.
const ENDED_SHOWN_SECONDS: i64 = 30 * 86_400;

/// GET `/api/me/sessions`: where the account is signed in, and where it was of late.
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    current: Current,
) -> Result<Json<SessionsResponse>, ApiError> {
    let sessions = sessions_of(&app, &current.claims.sub, &current.claims.sid).await?;
    Ok(Json(SessionsResponse { sessions }))
}

/// DELETE `/api/me/sessions`: ends all but this one.
pub(crate) async fn end_others(
    State(app): State<Arc<App>>,
    WritingUser(writer): WritingUser,
    caller: Caller,
) -> Result<StatusCode, ApiError> {
    end_others_of(&app, &caller, &writer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// DELETE `/api/me/sessions/{id}`: ends one. Somebody else's is not there.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    WritingUser(writer): WritingUser,
    caller: Caller,
    Segment(id): Segment,
) -> Result<StatusCode, ApiError> {
    end_one_of(&app, &caller, &writer, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The sessions of an account: this one first, then the last used first, ended ones last.
pub(crate) async fn sessions_of(
    app: &App,
    user_id: &str,
    current_id: &str,
) -> Result<Vec<SessionView>, ApiError> {
    let now = app.clock.now();
    let rows = app.store.sessions_of(user_id, now - ENDED_SHOWN_SECONDS, now).await?;
    let mut sessions: Vec<SessionView> =
        rows.into_iter().map(|row| view(row, current_id)).collect();
    sessions.sort_by_key(|session| (!session.current, session.ended_at.is_some()));
    Ok(sessions)
}

/// Ends every session of an account but this one.
pub(crate) async fn end_others_of(
    app: &App,
    caller: &Caller,
    writer: &Writer,
) -> Result<(), ApiError> {
    let (user_id, current_id) = (writer.user_id(), writer.session_id());
    let now = app.clock.now();
    let ended = app.store.end_sessions_of(user_id, Some(current_id), EndReason::Ended, now).await?;
    app.sessions_ended(&ended);
    for id in &ended {
        record(app, caller, user_id, current_id, id).await;
    }
    Ok(())
}

/// Ends one session of an account, from another one.
pub(crate) async fn end_one_of(
    app: &App,
    caller: &Caller,
    writer: &Writer,
    id: &str,
) -> Result<(), ApiError> {
    let (user_id, current_id) = (writer.user_id(), writer.session_id());
    // What is no id is not asked for: PostgreSQL refuses some texts outright.
    let row = match Uuid::try_parse(id) {
        Ok(_) => app.store.session_row(id).await?,
        Err(_) => None,
    };
    if row.is_none_or(|row| row.user_id != user_id) {
        return Err(ErrorCode::NotFound.into());
    }
    if app.end_session(id, EndReason::Ended).await?.is_some() {
        record(app, caller, user_id, current_id, id).await;
    }
    Ok(())
}

fn view(row: SessionListing, current_id: &str) -> SessionView {
    SessionView {
        device: device_name(&row.user_agent),
        current: row.id == current_id,
        id: row.id,
        address: row.address,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        expires_at: row.expires_at.min(row.idle_expires_at),
        ended_at: row.ended_at,
        ended_because: row.ended_because,
    }
}

async fn record(app: &App, caller: &Caller, user_id: &str, current_id: &str, session_id: &str) {
    let origin = caller.as_user(user_id);
    let event = Event::of_session(SessionEvent::SessionEnded, user_id, session_id, origin);
    app.record(event.with_detail(&format!("from the session {current_id}"))).await;
}
