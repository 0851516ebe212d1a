//! When to look whether a refresh is needed: somebody asks, a timer runs out, the page wakes.

use super::Engine;
use super::event::{CallerId, Context, Effect, Timer};
use super::machine::Phase;
use crate::{AuthError, AuthState};

impl Engine {
    pub(super) fn wanted(&mut self, caller: CallerId, refused: Option<u64>, context: &Context) {
        if !self.is_started {
            self.wait(caller);
            return;
        }
        if let Some(live) = self.live.as_mut().filter(|live| Some(live.serial) == refused) {
            live.refused = true;
        }
        let is_idle = matches!(self.phase, Phase::Idle);
        if let Some(grant) = self.usable(context) {
            self.emit(Effect::Settle(caller, Ok(grant)));
            // Hidden tabs have no timer: being asked is when they renew.
            if is_idle && self.is_due(context) && self.backoff.remaining(context.now).is_none() {
                self.begin();
            }
            return;
        }
        if is_idle && matches!(self.state, AuthState::Anonymous(_)) {
            self.emit(Effect::Settle(caller, Err(AuthError::SignedOut)));
            return;
        }
        let pause = self.backoff.remaining(context.now).map(|(_, error)| error.clone());
        if let Some(error) = pause.filter(|_| is_idle) {
            self.emit(Effect::Settle(caller, Err(error)));
            return;
        }
        self.wait(caller);
        self.begin();
    }

    pub(super) fn elapsed(&mut self, timer: Timer, context: &Context) {
        match timer {
            Timer::Refresh => self.time_to_refresh(context),
            Timer::Ask => self.nobody_answered(context),
            Timer::Abort => self.took_too_long(context),
        }
    }

    fn time_to_refresh(&mut self, context: &Context) {
        let is_worth_it = match self.state {
            AuthState::SignedIn { .. } => self.live.is_some(),
            AuthState::Unknown => true,
            AuthState::Anonymous(_) => context.stored.record.session.is_some(),
        };
        if is_worth_it && !self.hidden && self.backoff.remaining(context.now).is_none() {
            self.begin();
        }
    }

    pub(super) fn woken(&mut self, hidden: bool, online: bool, context: &Context) {
        self.hidden = hidden;
        if online {
            self.backoff.online();
        }
        if self.notice_sign_out(context) || hidden || !matches!(self.phase, Phase::Idle) {
            return;
        }
        // A timer that ran out while nobody could see the page did nothing.
        if let Some((left, _)) = self.backoff.remaining(context.now) {
            self.emit(Effect::Schedule(Timer::Refresh, left));
            return;
        }
        let known = context.stored.record.session.as_deref();
        let is_needed = match &self.state {
            AuthState::SignedIn { session_id, .. } => {
                self.is_due(context) || known.is_some_and(|known| known != session_id)
            }
            AuthState::Unknown => true,
            AuthState::Anonymous(_) => known.is_some(),
        };
        if is_needed {
            self.begin();
        }
    }

    fn is_due(&self, context: &Context) -> bool {
        self.live.as_ref().is_some_and(|live| live.is_due(context.now))
    }
}
