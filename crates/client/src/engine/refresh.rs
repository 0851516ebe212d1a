//! One refresh, from the question to the other tabs until everybody who waits has a token.
//! ask, wait, lock, ask again, write the attempt, read it back, send, save, announce, unlock.

use carnet_shared::{Delivery, RefreshRequest, Secret};

use super::Engine;
use super::event::{Context, Effect, Timer};
use super::machine::{Phase, Sent};
use crate::message::Message;
use crate::random::attempt_from;
use crate::stored::Record;
use crate::{AuthState, SignOutReason};

/// How long other tabs have to answer.
const ASK_MS: i64 = 50;
/// How long the server has to answer. Other tabs wait for the lock meanwhile.
const ABORT_MS: i64 = 8_000;
/// How often one refresh is sent: the first, one after each kind of 409, and one to spare.
pub(super) const MAX_SENDS: u8 = 4;

impl Engine {
    /// Begins a refresh unless one has begun: everybody waits for the same.
    pub(super) fn begin(&mut self) {
        if !matches!(self.phase, Phase::Idle) {
            return;
        }
        self.sends = 0;
        // A new tab asks before it queues for the lock: with luck it needs no lock at all.
        if self.has_channel && self.live.is_none() && !self.has_asked {
            self.has_asked = true;
            self.ask(false);
        } else {
            self.take_lock();
        }
    }

    fn take_lock(&mut self) {
        self.phase = Phase::Locking;
        self.emit(Effect::TakeLock);
    }

    fn ask(&mut self, locked: bool) {
        self.phase = Phase::Asking { locked };
        self.emit(Effect::Post(Message::Ask));
        self.emit(Effect::Schedule(Timer::Ask, ASK_MS));
    }

    pub(super) fn locked(&mut self, context: &Context) {
        if !matches!(self.phase, Phase::Locking) {
            self.emit(Effect::ReleaseLock);
        } else if !self.notice_sign_out(context) && !self.take_stored(context) {
            self.ask_again(context);
        }
    }

    /// With the lock in hand: whoever had it before may have a new token.
    pub(super) fn ask_again(&mut self, context: &Context) {
        if self.has_channel { self.ask(true) } else { self.prepare(context) }
    }

    pub(super) fn nobody_answered(&mut self, context: &Context) {
        match self.phase {
            Phase::Asking { locked: false } => self.take_lock(),
            Phase::Asking { locked: true } => self.prepare(context),
            Phase::Idle | Phase::Locking | Phase::Writing(_) | Phase::Fetching(_) => {}
        }
    }

    /// Puts the attempt into the storage, so that a retry after a lost answer, from whatever tab,
    /// is the same attempt.
    fn prepare(&mut self, context: &Context) {
        if self.notice_sign_out(context) || self.take_stored(context) {
            return;
        }
        if self.delivery == Delivery::Body && self.refresh_token(context).is_none() {
            self.nothing_to_refresh();
            return;
        }
        // What looked like a session when this began was the storage of before a sign-out, which
        // this tab heard of first.
        if matches!(self.state, AuthState::Anonymous(_)) && context.stored.record.session.is_none()
        {
            self.leave(self.state.clone());
            return;
        }
        let record = self.with_attempt(context);
        if record == context.stored.record {
            self.send(record, context);
        } else {
            self.write(record);
        }
    }

    pub(super) fn write(&mut self, record: Record) {
        self.phase = Phase::Writing(record.clone());
        self.save_record(record);
        self.emit(Effect::Reread);
    }

    /// Sends what was found: no attempt at all where the storage is blocked or full.
    pub(super) fn reread(&mut self, context: &Context) {
        let Phase::Writing(written) = &self.phase else { return };
        let found = &context.stored.record;
        // Without a shared lock another tab may have used the attempt meanwhile, and have its answer.
        let was_answered = found.attempt.is_none()
            && found.previous.is_some()
            && found.previous != written.previous;
        if self.notice_sign_out(context) {
            return;
        }
        if was_answered { self.prepare(context) } else { self.send(found.clone(), context) }
    }

    /// The record to refresh with: the stored one, with an attempt.
    pub(super) fn with_attempt(&self, context: &Context) -> Record {
        let stored = &context.stored.record;
        if self.nameless && stored.session.is_some() {
            // What is stored belongs to a session that is no longer the cookie's.
            let attempt = Some(attempt_from(context.random));
            return Record { session: None, attempt, previous: None };
        }
        let mut record = stored.clone();
        // An attempt without a session was sent without one, and is repeated as it was.
        if record.session.is_none() && record.attempt.is_none() && !self.nameless {
            record.session = self.session().map(str::to_owned);
        }
        record.attempt.get_or_insert_with(|| attempt_from(context.random));
        record
    }

    fn send(&mut self, record: Record, context: &Context) {
        self.number += 1;
        self.sends += 1;
        let session = match &record.attempt {
            _ if self.nameless => None,
            Some(_) => record.session.clone(),
            None => self.session().map(str::to_owned),
        };
        let refresh_token = self.refresh_token(context);
        let request = RefreshRequest {
            refresh_token: refresh_token.clone(),
            attempt: record.attempt.clone(),
            previous: record.previous.clone(),
            session,
            resource: None,
        };
        let number = self.number;
        self.phase = Phase::Fetching(Sent { number, record, refresh_token });
        self.emit(Effect::Refresh { number, request });
        self.emit(Effect::Schedule(Timer::Abort, ABORT_MS));
    }

    /// With body delivery: what is stored is newer than what this tab remembers.
    pub(crate) fn refresh_token(&self, context: &Context) -> Option<Secret> {
        if self.delivery == Delivery::Cookie {
            return None;
        }
        let stored = context.stored.tokens.as_ref();
        stored.or(self.tokens()).and_then(|tokens| tokens.refresh_token.clone())
    }

    /// Ends whatever the refresh was doing.
    pub(super) fn stop(&mut self) {
        self.nameless = false;
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Asking { .. } => self.emit(Effect::Cancel(Timer::Ask)),
            Phase::Fetching(_) => {
                self.emit(Effect::Cancel(Timer::Abort));
                self.emit(Effect::Abort);
            }
            Phase::Idle | Phase::Locking | Phase::Writing(_) => {}
        }
        self.emit(Effect::ReleaseLock);
    }

    /// Takes what another tab has stored, if it is newer than what is at hand.
    /// Says whether that ends the refresh.
    pub(super) fn take_stored(&mut self, context: &Context) -> bool {
        let Some(tokens) = context.stored.tokens.clone() else { return false };
        let is_of_session = context.stored.record.session.as_ref() == Some(&tokens.session);
        if !is_of_session || !self.is_newer(&tokens) {
            return false;
        }
        self.hold(tokens, context);
        let is_good = self.live.as_ref().is_some_and(|live| !live.is_due(context.now));
        if is_good {
            self.finish();
        }
        is_good
    }

    fn nothing_to_refresh(&mut self) {
        let reason = self.is_signed_in().then_some(SignOutReason::Expired);
        self.leave(AuthState::Anonymous(reason));
    }

    pub(super) fn attempt_wanted(&mut self, context: &Context) {
        if context.stored.record.attempt.is_none() {
            self.save_record(self.with_attempt(context));
        }
    }
}
