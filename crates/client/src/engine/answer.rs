//! What comes of a refresh that was sent.

use carnet_shared::{ErrorCode, TokenResponse};

use super::Engine;
use super::event::{Context, Effect, Timer};
use super::machine::{Phase, Sent, received};
use super::refresh::MAX_SENDS;
use crate::random::attempt_from;
use crate::stored::Record;
use crate::{AuthError, SignOutReason};

impl Engine {
    pub(super) fn took_too_long(&mut self, context: &Context) {
        if matches!(self.phase, Phase::Fetching(_)) {
            self.emit(Effect::Abort);
            self.fail(&AuthError::Offline, context);
        }
    }

    pub(super) fn refreshed(
        &mut self,
        number: u64,
        answer: Result<TokenResponse, AuthError>,
        context: &Context,
    ) {
        let phase = std::mem::replace(&mut self.phase, Phase::Idle);
        let sent = match phase {
            Phase::Fetching(sent) if sent.number == number => sent,
            // The answer to a request that was given up.
            other => {
                self.phase = other;
                return;
            }
        };
        self.emit(Effect::Cancel(Timer::Abort));
        if self.notice_sign_out(context) {
            return;
        }
        match answer {
            Ok(answer) => self.arrived(answer, sent, context),
            Err(error) => self.refused(&error, &sent, context),
        }
    }

    fn arrived(&mut self, answer: TokenResponse, sent: Sent, context: &Context) {
        let stored = &context.stored.record;
        let is_ours =
            stored.session == sent.record.session && stored.attempt == sent.record.attempt;
        // A blank record was cleared by hand: nobody has written anything newer.
        if is_ours || *stored == Record::default() {
            self.hold_for_all(received(answer, context), sent.record.attempt, context);
        } else if stored.session.as_ref() == Some(&answer.session.id) {
            // Another tab was faster: what it saved is newer, but this token is good as well.
            if self.take_stored(context) {
                return;
            }
            self.hold(received(answer, context), context);
        } else {
            self.once_more(&AuthError::Offline, context);
            return;
        }
        self.finish();
    }

    fn refused(&mut self, error: &AuthError, sent: &Sent, context: &Context) {
        let stored = &context.stored.record;
        let has_new_session = stored.session.is_some() && stored.session != sent.record.session;
        let has_new_token = self.refresh_token(context) != sent.refresh_token;
        match error.code() {
            Some(code) if code.signs_out() => match SignOutReason::from_code(code) {
                Some(_) if has_new_session || has_new_token => self.once_more(error, context),
                reason => self.over(reason, code, context),
            },
            Some(ErrorCode::Superseded) if self.sends < MAX_SENDS => {
                if stored.attempt == sent.record.attempt {
                    // Nothing new: that attempt has had its answer, and the answer is lost.
                    let attempt = Some(attempt_from(context.random));
                    self.write(Record { attempt, ..stored.clone() });
                } else {
                    self.ask_again(context);
                }
            }
            Some(ErrorCode::SessionChanged) => {
                self.nameless = !has_new_session;
                self.once_more(error, context);
            }
            _ => self.fail(error, context),
        }
    }

    /// The storage has moved on since the request was sent.
    fn once_more(&mut self, error: &AuthError, context: &Context) {
        if self.sends < MAX_SENDS { self.ask_again(context) } else { self.fail(error, context) }
    }

    /// Something went wrong that says nothing about the session: it stays.
    fn fail(&mut self, error: &AuthError, context: &Context) {
        self.backoff.failed(error, context.now, context.random[1]);
        if let Some((left, _)) = self.backoff.remaining(context.now) {
            self.emit(Effect::Schedule(Timer::Refresh, left));
        }
        self.phase = Phase::Idle;
        self.nameless = false;
        self.emit(Effect::ReleaseLock);
        let answer = self.usable(context).ok_or_else(|| error.clone());
        self.settle(&answer);
    }

    /// There is a token that everybody can use.
    pub(super) fn finish(&mut self) {
        self.backoff.reset();
        self.stop();
        let answer = self.grant();
        self.settle(&answer);
    }
}
