//! How a session begins and ends in this tab, and for all tabs.

use carnet_shared::{Attempt, Delivery, ErrorCode, TokenResponse, User};

use super::Engine;
use super::event::{Context, Effect, Timer};
use super::machine::{Phase, received};
use crate::message::Message;
use crate::stored::{Record, Save, Tokens};
use crate::{AuthError, AuthState, SignOutReason};

impl Engine {
    pub(super) fn started(&mut self, seed: AuthState, hidden: bool, context: &Context) {
        self.is_started = true;
        self.hidden = hidden;
        self.epoch = context.stored.epoch;
        // Only the cookie tells the server who is there: without one it cannot know.
        let is_server_blind = self.delivery == Delivery::Body
            && context.stored.tokens.as_ref().is_some_and(|tokens| tokens.refresh_token.is_some());
        match seed {
            AuthState::SignedIn { user, session_id } => {
                self.started_signed_in(user, &session_id, context);
            }
            AuthState::Unknown => self.started_unknown(context),
            AuthState::Anonymous(_) if is_server_blind => self.started_unknown(context),
            AuthState::Anonymous(reason) => {
                self.state = AuthState::Anonymous(reason);
                self.emit(Effect::Save(Save::Tokens(None)));
                if context.stored.record.session.is_some() {
                    // The page was made before another tab signed in, or the session ended where
                    // no script was running: one refresh tells which.
                    self.begin();
                }
            }
        }
    }

    fn started_signed_in(&mut self, user: User, session: &str, context: &Context) {
        let stored = &context.stored;
        let known = stored.record.session.as_ref();
        self.state = AuthState::SignedIn { user: user.clone(), session_id: session.to_owned() };
        // The ids of sessions are UUIDv7: the later one is the greater one.
        if known.is_some_and(|known| **known > *session) {
            // Another tab has signed in since this page was made.
            self.begin();
            return;
        }
        if known.map(String::as_str) != Some(session) {
            // An attempt that was sent without naming a session was for this cookie's. What
            // belongs to an older session is of no use.
            let kept = if known.is_none() { stored.record.clone() } else { Record::default() };
            self.save_record(Record { session: Some(session.to_owned()), ..kept });
        }
        let tokens = stored.tokens.clone().filter(|tokens| tokens.session == session);
        match tokens {
            // The page is newer than the tokens: its user is the true one.
            Some(tokens) => self.hold(Tokens { user, ..tokens }, context),
            None if stored.tokens.is_some() && self.delivery == Delivery::Cookie => {
                self.emit(Effect::Save(Save::Tokens(None)));
            }
            None => {}
        }
    }

    fn started_unknown(&mut self, context: &Context) {
        self.state = AuthState::Unknown;
        if self.delivery == Delivery::Cookie {
            // The server has looked at the cookie and is not sure. Stored tokens know no better.
            self.emit(Effect::Save(Save::Tokens(None)));
        } else if self.take_stored(context) {
            return;
        }
        self.begin();
    }

    pub(super) fn signed_in(
        &mut self,
        answer: TokenResponse,
        attempt: Option<Attempt>,
        context: &Context,
    ) {
        self.epoch = self.epoch.max(context.stored.epoch);
        self.stop();
        self.backoff.reset();
        self.hold_for_all(received(answer, context), attempt, context);
        let answer = self.grant();
        self.settle(&answer);
    }

    /// The refresh token went on because of a token for another service. Carnet's own access token stays.
    pub(super) fn rotated(
        &mut self,
        answer: TokenResponse,
        attempt: Option<Attempt>,
        context: &Context,
    ) {
        if self.notice_sign_out(context) || self.session() != Some(&answer.session.id) {
            return;
        }
        let Some(live) = &self.live else { return };
        let access_token = live.tokens.access_token.clone();
        let lifetime_ms = live.left(context.now);
        // The new time of receipt makes other tabs take the refresh token.
        let tokens = Tokens { access_token, lifetime_ms, ..received(answer, context) };
        self.hold_for_all(tokens, attempt, context);
    }

    pub(super) fn signed_out_here(&mut self, context: &Context) {
        self.end_for_all(Some(SignOutReason::Here), context);
    }

    /// The server says that the session is over.
    pub(super) fn over(
        &mut self,
        reason: Option<SignOutReason>,
        code: ErrorCode,
        context: &Context,
    ) {
        // A page that showed nobody signed in has nothing to explain when there is no cookie.
        let is_absence =
            matches!(code, ErrorCode::MissingRefreshToken | ErrorCode::InvalidRefreshToken);
        let reason = reason.filter(|_| !is_absence || self.is_signed_in());
        if self.session().is_some() || context.stored.record.session.is_some() {
            self.end_for_all(reason, context);
        } else {
            self.leave(AuthState::Anonymous(reason));
        }
    }

    fn end_for_all(&mut self, reason: Option<SignOutReason>, context: &Context) {
        let own = self.session().map(str::to_owned);
        let session = own.or_else(|| context.stored.record.session.clone());
        self.epoch = self.epoch.max(context.stored.epoch).saturating_add(1);
        self.emit(Effect::Save(Save::Epoch(self.epoch)));
        self.save_record(Record::default());
        if let Some(session) = &session
            && reason == Some(SignOutReason::Here)
            && self.delivery == Delivery::Cookie
        {
            self.emit(Effect::Mark(session.clone()));
        }
        self.emit(Effect::Post(Message::SignedOut { epoch: self.epoch, session, reason }));
        self.leave(AuthState::Anonymous(reason));
    }

    /// Forgets the session in this tab.
    pub(super) fn leave(&mut self, state: AuthState) {
        self.stop();
        self.backoff.reset();
        self.live = None;
        self.emit(Effect::Cancel(Timer::Refresh));
        self.emit(Effect::Save(Save::Tokens(None)));
        self.set_state(state);
        self.settle(&Err(AuthError::SignedOut));
    }

    /// Looks whether somebody has signed out in another tab without this one hearing of it, as
    /// happens to a page that was frozen. Says whether that was so and nobody is signed in now.
    pub(super) fn notice_sign_out(&mut self, context: &Context) -> bool {
        if context.stored.epoch <= self.epoch {
            return false;
        }
        self.epoch = context.stored.epoch;
        let now = context.stored.record.session.as_deref();
        if now.is_some() && now == self.session() {
            return false;
        }
        let reason = self.is_signed_in().then_some(SignOutReason::Elsewhere);
        if now.is_none() {
            self.leave(AuthState::Anonymous(reason));
            return true;
        }
        // Somebody has signed in since. Who, a refresh will tell.
        self.live = None;
        if self.is_signed_in() {
            self.set_state(AuthState::Unknown);
        }
        false
    }

    pub(super) fn changed_here(&mut self, user: User) {
        // Somebody else may have signed in while the change was on its way.
        if self.state.user().is_none_or(|own| own.id != user.id) {
            return;
        }
        let Some(session) = self.session().map(str::to_owned) else { return };
        let shared = Box::new(user.clone());
        self.emit(Effect::Post(Message::Changed { session: session.clone(), user: shared }));
        self.take_user(&session, user);
    }

    /// Shows an account as it is now, if it is still the one that is signed in.
    pub(super) fn take_user(&mut self, session: &str, user: User) {
        if self.session() != Some(session) {
            return;
        }
        if let Some(live) = &mut self.live {
            live.tokens.user = user.clone();
            let tokens = Box::new(live.tokens.clone());
            self.emit(Effect::Save(Save::Tokens(Some(tokens))));
        }
        self.set_state(AuthState::SignedIn { user, session_id: session.to_owned() });
    }

    /// Whether a refresh is on its way to the server.
    pub(super) fn is_fetching(&self) -> bool {
        matches!(self.phase, Phase::Fetching(_))
    }
}
