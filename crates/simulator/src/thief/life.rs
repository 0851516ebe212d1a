use carnet_client::Record;
use carnet_shared::{ErrorCode, Problem, paths};
use serde_json::json;

use super::behaviour::{Behaviour, Plan, View};
use super::owner::Owner;
use super::{Case, Loot};
use crate::Chance;
use crate::backend::{Backend, Cookies, Reply};
use crate::server::post;

/// How long a thief is watched at most.
const DAY_MS: i64 = 24 * 3_600_000;
const HOUR_MS: i64 = 3_600_000;

/// What became of a thief.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Life {
    /// How many access tokens were to be had.
    pub tokens: u64,
    /// How many refreshes of the owner's came to their end between the theft and the last of them.
    pub refreshes: u64,
    /// How long after the theft the last of them came, in milliseconds.
    pub milliseconds: i64,
    /// Whether it went on for a day, and nobody looked any longer.
    pub goes_on: bool,
}

/// A theft while it is played.
pub(super) struct Theft<B> {
    owner: Owner<B>,
    case: Case,
    chance: Chance,
    /// The refresh tokens, the newest last.
    tokens: Vec<String>,
    record: Record,
    attempts: u64,
    is_over: bool,
}

impl<B: Backend + 'static> Theft<B> {
    pub(super) fn new(owner: Owner<B>, case: Case, chance: Chance) -> Self {
        let (tokens, record) = (Vec::new(), Record::default());
        Self { owner, case, chance, tokens, record, attempts: 0, is_over: false }
    }

    pub(super) fn play(mut self) -> Life {
        self.wait();
        self.copy();
        let stolen_at = self.owner.world.now();
        let refreshes_before = self.owner.refreshed().1;
        let mut seen = refreshes_before;
        let mut life = Life::default();
        let (view, has_attempt) = (self.view(false), self.record.attempt.is_some());
        let mut plan = Plan::new(self.case.behaviour, has_attempt, view, &mut self.chance);
        while !self.is_over && self.owner.world.now() < stolen_at + DAY_MS {
            let refreshes = self.owner.refreshed().1;
            let view = self.view(refreshes != seen);
            seen = refreshes;
            plan.look(view, &mut self.chance);
            if plan.next.is_some_and(|next| next <= view.now) {
                if self.tries() {
                    life.tokens += 1;
                    life.refreshes = refreshes - refreshes_before;
                    life.milliseconds = view.now - stolen_at;
                }
                plan.tried(view, &mut self.chance);
            }
            self.owner.live();
            // Where the owner was signed out there is nothing left to follow.
            self.is_over |= self.owner.is_signed_out();
        }
        life.goes_on = !self.is_over && life.milliseconds > DAY_MS - 9 * HOUR_MS;
        life
    }

    fn view(&self, has_just_refreshed: bool) -> View {
        View {
            now: self.owner.world.now(),
            refreshed_at: self.owner.refreshed().0,
            has_just_refreshed,
            away_since: self.owner.away_since,
        }
    }

    /// Some time of the owner's life passes before the theft. Who copies the whole profile does so
    /// while an attempt lies in it, if that ever happens.
    fn wait(&mut self) {
        let until = self.chance.between(0, HOUR_MS);
        while self.owner.world.now() < until {
            self.owner.live();
        }
        if self.case.loot == Loot::Profile && self.chance.once_in(2) {
            while self.stored().attempt.is_none() && self.owner.world.now() < until + 3 * HOUR_MS {
                self.owner.live();
            }
        }
    }

    fn stored(&self) -> Record {
        let text = self.owner.browser.stored("carnet.session");
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    fn copy(&mut self) {
        self.tokens.extend(self.owner.browser.network.cookies.borrow().session.clone());
        if self.case.loot == Loot::Profile {
            self.record = self.stored();
        }
    }

    /// Presents a token; whether there was one to be had.
    fn tries(&mut self) -> bool {
        let is_by_chance = self.case.behaviour == Behaviour::Anyhow;
        let back = usize::from(is_by_chance && self.tokens.len() > 1 && self.chance.once_in(6));
        let Some(token) = self.tokens.iter().rev().nth(back).cloned() else { return false };
        let (attempt, previous) = self.names();
        let reply = self.present(token, attempt.as_deref(), previous.as_deref());
        if let (200, Some(Some(next))) = (reply.status, reply.cookies.session) {
            self.tokens.push(next);
            return true;
        }
        let problem: Option<Problem> = serde_json::from_str(&reply.body).ok();
        self.is_over = problem.is_some_and(|problem| problem.code == ErrorCode::SessionReused);
        false
    }

    /// The attempt to send, and the one before it.
    fn names(&mut self) -> (Option<String>, Option<String>) {
        let own = |thief: &mut Self| {
            thief.attempts += 1;
            Some(format!("thief{:017}", thief.attempts))
        };
        let stolen = self.record.attempt.as_ref().map(|attempt| attempt.as_str().to_owned());
        let before = self.record.previous.as_ref().map(|attempt| attempt.as_str().to_owned());
        match self.case.behaviour {
            // Without storage the owner sends none, and whoever sends one is somebody else.
            _ if !self.case.has_storage => (None, None),
            Behaviour::RepeatsAttempt if self.tokens.len() == 1 => {
                (stolen.or_else(|| own(self)), before)
            }
            Behaviour::Anyhow => match self.chance.below(5) {
                0 => (None, None),
                1 => (stolen.or_else(|| own(self)), before),
                2 => (own(self), stolen.or(before)),
                3 => (before.or_else(|| own(self)), None),
                _ => (own(self), None),
            },
            _ => (own(self), None),
        }
    }

    fn present(&self, token: String, attempt: Option<&str>, previous: Option<&str>) -> Reply {
        let mut body = json!({});
        for (name, value) in [("attempt", attempt), ("previous", previous)] {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        let cookies = Cookies { session: Some(token), mark: None };
        self.owner.browser.server.answer(&post(paths::REFRESH, &body), &cookies)
    }
}
