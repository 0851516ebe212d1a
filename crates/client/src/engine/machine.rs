use carnet_shared::{Attempt, Delivery, Secret, TokenResponse};

use super::backoff::Backoff;
use super::event::{CallerId, Context, Effect, Event, Grant, Timer};
use super::moment::LiveTokens;
use crate::message::Message;
use crate::stored::{Record, Save, Tokens};
use crate::{AuthError, AuthState};

/// The engine of one tab.
#[derive(Debug)]
pub struct Engine {
    pub(super) delivery: Delivery,
    pub(super) is_started: bool,
    /// Whether there are other tabs to talk to at all.
    pub(super) has_channel: bool,
    pub(super) state: AuthState,
    pub(super) live: Option<LiveTokens>,
    pub(super) epoch: u64,
    pub(super) hidden: bool,
    pub(super) phase: Phase,
    pub(super) backoff: Backoff,
    /// Whether this tab has asked the others without the lock; once is enough.
    pub(super) has_asked: bool,
    /// How often the present refresh was sent.
    pub(super) sends: u8,
    /// The cookie belongs to another session than ours: ask without naming one.
    pub(super) nameless: bool,
    pub(super) number: u64,
    serial: u64,
    callers: Vec<CallerId>,
    effects: Vec<Effect>,
}

/// How far a refresh has come.
#[derive(Debug)]
pub(super) enum Phase {
    Idle,
    /// Other tabs were asked for a token.
    Asking {
        locked: bool,
    },
    /// The lock was asked for.
    Locking,
    /// The attempt was written and is being read back.
    Writing(Record),
    /// The request is on its way.
    Fetching(Sent),
}

/// What a refresh was sent with.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) number: u64,
    /// The record at that moment; its attempt is the one that was sent.
    pub(super) record: Record,
    pub(super) refresh_token: Option<Secret>,
}

impl Engine {
    /// An engine that knows nothing yet.
    pub fn new(delivery: Delivery, has_channel: bool) -> Self {
        Self {
            delivery,
            is_started: false,
            has_channel,
            state: AuthState::Unknown,
            live: None,
            epoch: 0,
            hidden: false,
            phase: Phase::Idle,
            backoff: Backoff::default(),
            has_asked: false,
            sends: 0,
            nameless: false,
            number: 0,
            serial: 0,
            callers: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// Who is signed in.
    pub fn state(&self) -> &AuthState {
        &self.state
    }

    /// The tokens at hand, whether or not they are still good.
    pub fn tokens(&self) -> Option<&Tokens> {
        self.live.as_ref().map(|live| &live.tokens)
    }

    /// Takes an event and says what is to be done about it.
    pub fn handle(&mut self, event: Event, context: &Context) -> Vec<Effect> {
        match event {
            Event::Started { seed, hidden } => {
                self.started(seed, hidden, context);
                for caller in std::mem::take(&mut self.callers) {
                    self.wanted(caller, None, context);
                }
            }
            Event::TokenWanted { caller, refused } => self.wanted(caller, refused, context),
            Event::Elapsed(timer) => self.elapsed(timer, context),
            Event::Woken { hidden, online } => self.woken(hidden, online, context),
            Event::Heard(message) => self.heard(message, context),
            Event::Locked => self.locked(context),
            Event::Reread => self.reread(context),
            Event::Refreshed { number, answer } => self.refreshed(number, answer, context),
            Event::AttemptWanted => self.attempt_wanted(context),
            Event::Rotated { answer, attempt } => self.rotated(answer, attempt, context),
            Event::SignedIn { answer, attempt } => self.signed_in(answer, attempt, context),
            Event::SignedOut => self.signed_out_here(context),
            Event::Changed(user) => self.changed_here(user),
        }
        std::mem::take(&mut self.effects)
    }

    pub(super) fn emit(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(super) fn save_record(&mut self, record: Record) {
        self.emit(Effect::Save(Save::Record(record)));
    }

    pub(super) fn set_state(&mut self, state: AuthState) {
        if self.state != state {
            self.state = state;
            self.emit(Effect::Announce);
        }
    }

    pub(super) fn is_signed_in(&self) -> bool {
        matches!(self.state, AuthState::SignedIn { .. })
    }

    /// The session that this tab is in.
    pub(super) fn session(&self) -> Option<&str> {
        self.state.session_id()
    }

    /// Takes tokens into use: keeps them, shows whose they are, and sets the timer.
    pub(super) fn hold(&mut self, tokens: Tokens, context: &Context) {
        let user = tokens.user.clone();
        let session_id = tokens.session.clone();
        let present = self.live.as_ref();
        let same = present.filter(|live| live.tokens.access_token == tokens.access_token);
        let (serial, refused) = match same {
            // Only the refresh token is another one.
            Some(live) => (live.serial, live.refused),
            None => (self.serial + 1, false),
        };
        self.serial = self.serial.max(serial);
        let mut live = LiveTokens::new(tokens, serial, context.now);
        live.refused = refused;
        self.emit(Effect::Schedule(Timer::Refresh, live.renew_in(context.now, context.random[0])));
        self.live = Some(live);
        self.set_state(AuthState::SignedIn { user, session_id });
    }

    /// Takes tokens that have just come into use, keeps them for all tabs and tells them.
    pub(super) fn hold_for_all(
        &mut self,
        tokens: Tokens,
        attempt: Option<Attempt>,
        context: &Context,
    ) {
        let session = Some(tokens.session.clone());
        self.save_record(Record { session, attempt: None, previous: attempt });
        if context.stored.epoch < self.epoch {
            // The storage was cleared by hand.
            self.emit(Effect::Save(Save::Epoch(self.epoch)));
        }
        self.emit(Effect::Save(Save::Tokens(Some(Box::new(tokens.clone())))));
        self.emit(Effect::Post(Message::Have {
            epoch: self.epoch,
            tokens: Box::new(tokens.clone()),
        }));
        self.hold(tokens, context);
    }

    pub(super) fn wait(&mut self, caller: CallerId) {
        self.callers.push(caller);
    }

    /// Answers everybody who waits.
    pub(super) fn settle(&mut self, answer: &Result<Grant, AuthError>) {
        for caller in std::mem::take(&mut self.callers) {
            self.emit(Effect::Settle(caller, answer.clone()));
        }
    }

    /// The token at hand, unless it was refused.
    pub(super) fn grant(&self) -> Result<Grant, AuthError> {
        let live = self.live.as_ref().filter(|live| !live.refused).ok_or(AuthError::SignedOut)?;
        Ok(Grant {
            token: live.tokens.access_token.clone(),
            serial: live.serial,
            session: live.tokens.session.clone(),
        })
    }

    /// The token at hand, if a request may be sent with it.
    pub(super) fn usable(&self, context: &Context) -> Option<Grant> {
        let is_usable = self.live.as_ref().is_some_and(|live| live.is_usable(context.now));
        if is_usable { self.grant().ok() } else { None }
    }
}

pub(super) fn received(answer: TokenResponse, context: &Context) -> Tokens {
    Tokens {
        session: answer.session.id,
        access_token: answer.access_token,
        lifetime_ms: certain_lifetime_ms(answer.expires_in),
        received_at: context.now.wall_ms,
        refresh_token: answer.refresh_token,
        user: answer.user,
    }
}

/// Tokens count in whole seconds: one that was issued late in a second lives up to a second less
/// than it says. What is left of the shortest ones is half.
fn certain_lifetime_ms(expires_in: i64) -> i64 {
    (expires_in.saturating_mul(1_000) - 1_000).max(expires_in.saturating_mul(500))
}
