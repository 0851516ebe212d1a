use std::sync::Arc;

use carnet_shared::{Delivery, ErrorCode};

use crate::app::App;
use crate::audit::{Event, Origin, SessionEvent};
use crate::error::ApiError;
use crate::issued::Issued;
use crate::request::Cookies;
use crate::store::{EndReason, NewSession};
use crate::tokens::{Granted, RefreshToken};

/// How long a session lives at most whose refresh token never changes: a copy of it goes unnoticed.
const STATIC_LIFETIME_SECONDS: i64 = 86_400;

/// Whose endpoints a session is made at; its access tokens have the claims that go with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    /// Carnet's own.
    Carnet,
    /// djangorestframework-simplejwt's.
    Simplejwt,
}

/// A session that is to begin, after it was proved that it may.
#[derive(Debug)]
pub(crate) struct Beginning<'a> {
    /// Whose.
    pub(crate) user_id: &'a str,
    /// The account's epoch as it was read with the password's hash.
    pub(crate) user_epoch: i64,
    /// Where.
    pub(crate) api: Api,
    /// How the refresh token is to travel; in the body when absent.
    pub(crate) delivery: Option<Delivery>,
    /// Whether to outlive the browser; yes when absent.
    pub(crate) remember: Option<bool>,
    /// For whom the access token is to be.
    pub(crate) audience: &'a str,
    /// Who asks, from where, and on which device.
    pub(crate) origin: Origin<'a>,
    /// What the browser has already.
    pub(crate) cookies: &'a Cookies,
    /// What its account was proved by, for the audit trail.
    pub(crate) by: &'static str,
}

/// Begins a session and issues its first tokens. A session in a cookie ends the one whose cookie it
/// replaces.
///
/// # Errors
/// `invalid_credentials` when the account changed since its password was checked.
pub(crate) async fn begin_session(
    app: &Arc<App>,
    beginning: Beginning<'_>,
) -> Result<Issued, ApiError> {
    // The tokens must not be made with a key that was revoked during a pause of this process.
    app.know_changes().await?;
    let now = app.clock.now();
    let delivery = beginning.delivery.unwrap_or_default();
    let id = app.random.id(app.clock.now_millis());
    let token = RefreshToken::first(delivery, id, app.random.bytes());
    let session = new_session(app, &beginning, &token, now);
    let replaced = match delivery {
        Delivery::Cookie => beginning.cookies.token.as_ref().map(|old| old.session_id.to_string()),
        Delivery::Body | Delivery::Static => None,
    };
    let max_sessions = app.settings.tokens.max_sessions;
    let (user_id, origin) = (beginning.user_id, beginning.origin);
    let event = Event::of_session(SessionEvent::LoginSucceeded, user_id, &session.id, origin);
    let event = app.new_event(event.with_detail(beginning.by));
    let begun = app
        .store
        .begin_session(&session, replaced.as_deref(), max_sessions, &event)
        .await?
        .ok_or(ErrorCode::InvalidCredentials)?;
    app.sessions_ended(&begun.ended);
    app.tell(&event.event);
    let granted = Granted {
        session_id: session.id.clone(),
        created_at: now,
        authenticated_at: now,
        idle_expires_at: session.idle_expires_at,
        expires_at: session.expires_at,
        remember: session.remember,
        simplejwt: session.simplejwt,
        user: begun.user,
    };
    let issued = Issued::new(app, granted, beginning.audience, Some(&token)).await;
    if issued.is_err() {
        // Nobody has its tokens, so it must not take the place of a session that somebody uses.
        app.end_session(&session.id, EndReason::Ended).await?;
    }
    issued
}

fn new_session(app: &App, beginning: &Beginning<'_>, token: &RefreshToken, now: i64) -> NewSession {
    let tokens = &app.settings.tokens;
    let remember = beginning.remember.unwrap_or(true);
    let idle = if remember { tokens.idle_lifetime } else { tokens.unremembered_lifetime };
    let longest = match token.delivery {
        Delivery::Body | Delivery::Cookie => i64::MAX,
        Delivery::Static => STATIC_LIFETIME_SECONDS,
    };
    let expires_at = now + tokens.absolute_lifetime.seconds().min(longest);
    NewSession {
        id: token.session_id.to_string(),
        user_id: beginning.user_id.to_owned(),
        user_epoch: beginning.user_epoch,
        secret_hash: token.secret_hash(),
        delivery: token.delivery,
        simplejwt: beginning.api == Api::Simplejwt,
        now,
        idle_expires_at: expires_at.min(now + idle.seconds()),
        expires_at,
        user_agent: beginning.origin.device.to_owned(),
        address: beginning.origin.address.to_owned(),
        remember,
    }
}
