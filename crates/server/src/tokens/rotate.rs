use carnet_shared::{Attempt, ErrorCode};

use super::access::Granted;
use super::decide::{Decision, Presented, decide};
use super::refresh_token::RefreshToken;
use crate::app::App;
use crate::audit::{Event, Origin, SessionEvent, SessionRefusal};
use crate::error::ApiError;
use crate::request::Caller;
use crate::store::{Advanced, Advancement, EndReason, SessionRow};

/// How often a refresh that lost a race looks again before it gives up.
const TRIES: usize = 3;

/// The name of the usual case, in which nothing had to be decided.
const ADVANCED: &str = Decision::Advance.name();

/// A request to rotate a session.
#[derive(Debug)]
pub(crate) struct Rotation<'a> {
    /// As presented.
    pub(crate) token: &'a RefreshToken,
    /// Names this try.
    pub(crate) attempt: Option<&'a Attempt>,
    /// The attempt of the last answer that the client saved.
    pub(crate) previous: Option<&'a Attempt>,
    /// Who asks.
    pub(crate) caller: &'a Caller,
}

impl Rotation<'_> {
    fn presented(&self) -> Presented {
        let token = self.token;
        Presented::new(token.generation, token.secret_hash(), self.attempt, self.previous)
    }
}

/// Refuses a rotation that is going to be refused, before anything is done that goes with it.
///
/// # Errors
/// As [`rotate`].
pub(crate) async fn refuse_first(app: &App, rotation: &Rotation<'_>) -> Result<(), ApiError> {
    let row = app.store.session_row(&rotation.token.session_id.to_string()).await?;
    let grace = app.settings.tokens.reuse_grace.seconds();
    if decide(row.as_ref(), &rotation.presented(), app.clock.now(), grace).grants() {
        return Ok(());
    }
    // A refusal is never taken back, so this grants nothing that would be lost.
    rotate(app, rotation).await.map(drop)
}

/// Exchanges a refresh token: one statement advances the session; where it matches nothing, the
/// table of [`decide`] says why and what follows.
///
/// # Errors
/// What to answer when no token is to be had.
pub(crate) async fn rotate(
    app: &App,
    rotation: &Rotation<'_>,
) -> Result<(Granted, RefreshToken), ApiError> {
    // The tokens must not be made with a key that was revoked during a pause of this process.
    app.know_changes().await?;
    let token = rotation.token;
    let presented = rotation.presented();
    let session_id = token.session_id.to_string();
    for _ in 0..TRIES {
        let step = step(app, rotation, &presented, &session_id);
        if let Some(advanced) = app.store.advance(&step).await? {
            app.decisions.count(ADVANCED);
            return granted(token, advanced);
        }
        // In a place of its own: it is the rarer and by far the larger part.
        let advanced = Box::pin(look_and_decide(app, rotation, &presented, step)).await?;
        if let Some(advanced) = advanced {
            return granted(token, advanced);
        }
    }
    Err(ApiError::Contended)
}

/// Decides on what the row says now, which did not allow the step.
async fn look_and_decide(
    app: &App,
    rotation: &Rotation<'_>,
    presented: &Presented,
    step: Advancement,
) -> Result<Option<Advanced>, ApiError> {
    let row = app.store.session_row(&step.session_id).await?;
    let grace = app.settings.tokens.reuse_grace.seconds();
    let decision = decide(row.as_ref(), presented, app.clock.now(), grace);
    tracing::info!(decision = decision.name(), session_id = step.session_id, "refresh");
    // The statement that advances counts by itself.
    if decision != Decision::Advance {
        app.decisions.count(decision.name());
    }
    carry_out(app, rotation, decision, step, row.as_ref()).await
}

fn granted(token: &RefreshToken, advanced: Advanced) -> Result<(Granted, RefreshToken), ApiError> {
    // A generation beyond four thousand million would be a session of centuries.
    let generation = u32::try_from(advanced.generation).map_err(|_| ApiError::Contended)?;
    let successor = token.at(generation);
    Ok((Granted::try_from(advanced)?, successor))
}

fn step(
    app: &App,
    rotation: &Rotation<'_>,
    presented: &Presented,
    session_id: &str,
) -> Advancement {
    let now = app.clock.now();
    let tokens = &app.settings.tokens;
    Advancement {
        session_id: session_id.to_owned(),
        secret_hash: presented.secret_hash.clone(),
        expected_generation: presented.generation,
        new_generation: presented.generation + 1,
        attempt: presented.attempt.clone(),
        now,
        idle_remembered: now + tokens.idle_lifetime.seconds(),
        idle_unremembered: now + tokens.unremembered_lifetime.seconds(),
        user_agent: rotation.caller.user_agent.clone(),
        address: rotation.caller.address_text.clone(),
    }
}

/// Does what was decided: an answer, a refusal, or `None` where the row moved on meanwhile and must
/// be looked at again.
async fn carry_out(
    app: &App,
    rotation: &Rotation<'_>,
    decision: Decision,
    mut step: Advancement,
    row: Option<&SessionRow>,
) -> Result<Option<Advanced>, ApiError> {
    let presented_generation = step.expected_generation;
    let refused = |code, over| Err(ApiError::Refresh { code, over });
    let Some(row) = row else { return refused(ErrorCode::InvalidRefreshToken, true) };
    if is_known(row, decision, &step) {
        return Ok(app.store.look_again(&step).await?);
    }
    let user_id = row.user_id.as_str();
    match decision {
        Decision::Advance => Ok(None),
        Decision::Static => Ok(app.store.use_static(&step).await?),
        Decision::Repeated => {
            count(app, rotation, SessionRefusal::RefreshRepeated, user_id);
            Ok(app.store.answer_again(&step, true, None).await?)
        }
        Decision::Raced { generation, run } => {
            count(app, rotation, SessionRefusal::RefreshRaced, user_id);
            Ok(app.store.answer_again(&step, false, Some((generation, run))).await?)
        }
        Decision::Behind => {
            step.expected_generation = presented_generation - 1;
            let advanced = app.store.advance(&step).await?;
            tracing::error!(session_id = step.session_id, "the database has lost a write");
            let origin = rotation.caller.as_user(user_id);
            record(app, SessionEvent::RefreshBehind, user_id, &step.session_id, origin).await;
            Ok(advanced)
        }
        Decision::Forked => {
            end_as_reused(app, rotation, SessionEvent::RefreshForked, user_id).await?;
            refused(ErrorCode::SessionReused, true)
        }
        Decision::Stale => {
            end_as_reused(app, rotation, SessionEvent::RefreshReused, user_id).await?;
            refused(ErrorCode::SessionReused, true)
        }
        Decision::Late => {
            count(app, rotation, SessionRefusal::RefreshLate, user_id);
            refused(ErrorCode::Superseded, false)
        }
        Decision::Lost => {
            count(app, rotation, SessionRefusal::RefreshLost, user_id);
            refused(ErrorCode::InvalidRefreshToken, false)
        }
        Decision::Unknown => refused(ErrorCode::InvalidRefreshToken, true),
        Decision::Over(code) => refused(code, true),
    }
}

async fn end_as_reused(
    app: &App,
    rotation: &Rotation<'_>,
    kind: SessionEvent,
    user_id: &str,
) -> Result<(), ApiError> {
    let session_id = rotation.token.session_id.to_string();
    // A verdict only gets truer, so this needs no condition.
    let ended = app.end_session(&session_id, EndReason::Reused).await?;
    if ended.is_some() {
        // Two have the token, and one of them is not its owner.
        record(app, kind, user_id, &session_id, rotation.caller.anonymous()).await;
    }
    Ok(())
}

/// Whether the row says already what an answer given again would write into it. Of many who race
/// for one refresh all but a few find it so.
fn is_known(row: &SessionRow, decision: Decision, step: &Advancement) -> bool {
    let is_counted = match decision {
        Decision::Repeated => true,
        Decision::Raced { generation, run } => {
            (row.raced_generation, row.raced_run) == (generation, run)
        }
        _ => false,
    };
    let is_remembered = step.attempt.is_none() || row.attempt == step.attempt;
    // Later, the answer says that the session is in use again.
    is_counted && is_remembered && row.last_used_at >= step.now - LAST_USED_SECONDS
}

/// How exactly it is known when a session was last used.
const LAST_USED_SECONDS: i64 = 10;

async fn record(
    app: &App,
    kind: SessionEvent,
    user_id: &str,
    session_id: &str,
    origin: Origin<'_>,
) {
    app.record(Event::of_session(kind, user_id, session_id, origin)).await;
}

fn count(app: &App, rotation: &Rotation<'_>, kind: SessionRefusal, user_id: &str) {
    let session_id = rotation.token.session_id.to_string();
    let origin = rotation.caller.as_user(user_id);
    app.count(&Event::refused_in_session(kind, user_id, &session_id, origin));
}
