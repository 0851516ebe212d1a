use std::collections::{BTreeMap, BTreeSet};

use carnet_shared::{ErrorCode, TokenResponse};

use super::Exchange;
use crate::server::RefreshToken;

/// What was seen of one session.
#[derive(Debug, Default)]
pub struct Session {
    /// Every refresh token that was issued, by generation.
    tokens: BTreeMap<u32, String>,
    current: u32,
    /// Every attempt that was answered with tokens.
    attempts: BTreeSet<String>,
    /// Every access token, with the end of its life.
    access: Vec<(String, i64)>,
    ended: Option<String>,
    /// Whether the next rotation may skip what the database has lost.
    has_lost: bool,
}

impl Session {
    /// Why it is over, if the server has said so.
    pub fn ended(&self) -> Option<&str> {
        self.ended.as_deref()
    }

    /// Every refresh token that was issued, by generation.
    pub fn tokens(&self) -> &BTreeMap<u32, String> {
        &self.tokens
    }

    /// The generation of the token that is good now.
    pub fn current(&self) -> u32 {
        self.current
    }

    /// Every access token, the oldest first.
    pub fn access(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.access.iter().map(|(token, _)| token.as_str())
    }

    pub(super) fn is_good(&self, access_token: &str, now: i64) -> bool {
        let found = self.access.iter().find(|(token, _)| token == access_token);
        found.is_some_and(|(_, end)| now < *end)
    }

    pub(super) fn end(&mut self, why: &str) {
        if self.ended.is_none() {
            self.ended = Some(why.to_owned());
        }
    }

    pub(super) fn has_lost(&self) -> bool {
        self.has_lost
    }

    pub(super) fn lost_a_write(&mut self, generation: u32) {
        self.current = generation;
        self.has_lost = true;
    }

    /// Whether what was answered to a refresh is what the rules demand; if not, what is wrong.
    pub(super) fn judge(
        &self,
        presented: u32,
        exchange: &Exchange<'_>,
        is_reuse: bool,
    ) -> Option<String> {
        let is_success = exchange.is_success();
        if let Some(why) = &self.ended {
            return is_success.then(|| format!("a session that is over was refreshed: {why}"));
        }
        let attempt = exchange.sent("attempt");
        let is_known = attempt.is_some_and(|attempt| self.attempts.contains(&attempt));
        let is_stale = presented + 2 <= self.current;
        if is_stale && !is_known && !is_reuse {
            return Some(format!("generation {presented} was old, and that did no harm"));
        }
        if is_reuse && presented >= self.current {
            return Some(format!("generation {presented} is the current one, and was called old"));
        }
        None
    }

    /// Takes note of tokens that were issued; says what is wrong about them.
    pub(super) fn took(
        &mut self,
        exchange: &Exchange<'_>,
        presented: Option<&RefreshToken>,
        answer: &TokenResponse,
    ) -> Vec<String> {
        let end = exchange.now + answer.expires_in * 1_000;
        self.access.push((answer.access_token.expose().to_owned(), end));
        self.attempts.extend(exchange.sent("attempt"));
        let mut wrong = Vec::new();
        let Some(text) = exchange.successor() else { return wrong };
        let Some(token) = RefreshToken::read(text) else { return vec![format!("unread: {text}")] };
        let generation = token.generation;
        if token.session != answer.session.id {
            wrong.push("the cookie and the body are of different sessions".to_owned());
        }
        if self.tokens.get(&generation).is_some_and(|known| known != text) {
            wrong.push(format!("there are two tokens of generation {generation}"));
        }
        let of_ours = presented.filter(|token| token.session == answer.session.id);
        if of_ours.is_some_and(|before| before.generation + 1 != generation) {
            wrong.push(format!("generation {generation} succeeds {:?}", of_ours));
        }
        let step = i64::from(generation) - i64::from(self.current);
        let is_first = self.tokens.is_empty();
        let longest = if self.has_lost { 2 } else { 1 };
        if !is_first && !(0..=longest).contains(&step) {
            wrong.push(format!("generation {generation} beside {}", self.current));
        }
        if step > 0 || is_first {
            self.has_lost = false;
        }
        self.current = generation;
        self.tokens.insert(generation, text.to_owned());
        wrong
    }

    /// The code of a session that is over, whatever for.
    pub fn says_over(code: Option<ErrorCode>) -> bool {
        code.is_some_and(ErrorCode::signs_out)
    }
}
