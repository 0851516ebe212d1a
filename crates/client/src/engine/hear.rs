//! What other tabs say.

use super::Engine;
use super::event::{Context, Effect};
use super::machine::Phase;
use crate::message::Message;
use crate::stored::{Save, Tokens};
use crate::{AuthState, SignOutReason};

impl Engine {
    pub(super) fn heard(&mut self, message: Message, context: &Context) {
        match message {
            Message::Ask => self.asked(context),
            Message::Have { epoch, tokens } => self.offered(epoch, *tokens, context),
            Message::SignedOut { epoch, session, reason } => {
                self.told_of_sign_out(epoch, session.as_deref(), reason);
            }
            Message::Changed { session, user } => self.take_user(&session, *user),
        }
    }

    fn asked(&mut self, context: &Context) {
        let Some(live) = &self.live else { return };
        // A refresh token may be in no other place than the memory of this tab.
        if !live.is_due(context.now) || live.tokens.refresh_token.is_some() {
            let tokens = Box::new(live.tokens.clone());
            self.emit(Effect::Post(Message::Have { epoch: self.epoch, tokens }));
        }
    }

    fn offered(&mut self, epoch: u64, tokens: Tokens, context: &Context) {
        // Said before a sign-out that this tab knows of.
        if epoch < self.epoch || epoch < context.stored.epoch {
            return;
        }
        self.epoch = epoch;
        if !self.is_newer(&tokens) {
            return;
        }
        if self.delivery == carnet_shared::Delivery::Cookie {
            self.emit(Effect::Save(Save::Tokens(Some(Box::new(tokens.clone())))));
        }
        self.hold(tokens, context);
        if self.live.as_ref().is_some_and(|live| live.is_due(context.now)) {
            return;
        }
        if self.is_fetching() {
            // The server may have rotated already: its answer is still needed.
            let answer = self.grant();
            self.settle(&answer);
        } else {
            self.finish();
        }
    }

    /// Whether tokens are news: of a later session, or received later for the same one. A
    /// refused access token is never used again, not even when another tab offers it.
    pub(super) fn is_newer(&self, tokens: &Tokens) -> bool {
        let of_session = |own: &str| tokens.session.as_str().cmp(own);
        match (self.session().map(of_session), &self.live) {
            (Some(std::cmp::Ordering::Less), _) => false,
            (Some(std::cmp::Ordering::Equal), Some(live)) => {
                let is_other = tokens.access_token != live.tokens.access_token
                    || tokens.refresh_token != live.tokens.refresh_token;
                is_other && tokens.received_at > live.tokens.received_at
            }
            _ => true,
        }
    }

    fn told_of_sign_out(
        &mut self,
        epoch: u64,
        session: Option<&str>,
        reason: Option<SignOutReason>,
    ) {
        let is_news = epoch > self.epoch;
        self.epoch = self.epoch.max(epoch);
        let is_ours = session.is_some() && session == self.session();
        let is_by_hand = reason == Some(SignOutReason::Here);
        if matches!(self.state, AuthState::Anonymous(_)) && matches!(self.phase, Phase::Idle) {
            return;
        }
        if is_ours || (is_news && is_by_hand) {
            let said = reason.filter(|_| !is_by_hand).unwrap_or(SignOutReason::Elsewhere);
            let reason = self.is_signed_in().then_some(said);
            self.leave(AuthState::Anonymous(reason));
        }
    }
}
