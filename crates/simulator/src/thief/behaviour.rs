use std::fmt;

use crate::Chance;

/// What a thief does with a copied token. All of them but the first know at once when the owner
/// refreshes, which is more than a thief can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Uses it at once, and then as often as any client.
    AtOnce,
    /// Refreshes just before the owner is about to.
    InStep,
    /// Refreshes within the grace after the owner did.
    InGrace,
    /// Refreshes only while the owner is away.
    WhileAway,
    /// Repeats the owner's attempt where one was copied, and goes on in the grace.
    RepeatsAttempt,
    /// All of it, by chance.
    Anyhow,
}

impl fmt::Display for Behaviour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::AtOnce => "uses it at once, then every 4½ minutes",
            Self::InStep => "always just before the owner",
            Self::InGrace => "always within the grace, just after the owner",
            Self::WhileAway => "only while the owner is away",
            Self::RepeatsAttempt => "repeats the owner's attempt, then within the grace",
            Self::Anyhow => "anything of this, by chance",
        })
    }
}

/// How long after a refresh a client's next one is due, at the earliest.
const RENEWED_AFTER_MS: i64 = 261_000;
const AS_A_CLIENT_MS: i64 = 265_000;
const GRACE_MS: i64 = 9_000;
/// After so long away the owner will not be back in a moment.
const SURELY_AWAY_MS: i64 = 120_000;

/// What a thief knows of the owner.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    pub(super) now: i64,
    pub(super) refreshed_at: i64,
    pub(super) has_just_refreshed: bool,
    pub(super) away_since: Option<i64>,
}

/// When the thief will next do something.
#[derive(Debug)]
pub(super) struct Plan {
    behaviour: Behaviour,
    pub(super) next: Option<i64>,
    /// The owner's next refresh is the retry of the attempt that was copied, and brings nothing new.
    awaits_retry: bool,
}

impl Plan {
    /// Right after the theft, perhaps of an attempt too.
    pub(super) fn new(
        behaviour: Behaviour,
        has_attempt: bool,
        view: View,
        chance: &mut Chance,
    ) -> Self {
        let awaits_retry = behaviour == Behaviour::RepeatsAttempt && has_attempt;
        let next = match behaviour {
            Behaviour::AtOnce => Some(view.now),
            Behaviour::RepeatsAttempt => has_attempt.then_some(view.now),
            Behaviour::InStep => Some(view.refreshed_at + RENEWED_AFTER_MS),
            Behaviour::InGrace | Behaviour::WhileAway => None,
            Behaviour::Anyhow => chance.once_in(3).then_some(view.now),
        };
        Self { behaviour, next, awaits_retry }
    }

    /// A little time has passed.
    pub(super) fn look(&mut self, view: View, chance: &mut Chance) {
        match self.behaviour {
            Behaviour::AtOnce => {}
            Behaviour::InStep if view.has_just_refreshed => {
                self.next = Some(view.refreshed_at + RENEWED_AFTER_MS);
            }
            Behaviour::RepeatsAttempt if view.has_just_refreshed && self.awaits_retry => {
                self.awaits_retry = false;
            }
            Behaviour::InGrace | Behaviour::RepeatsAttempt if view.has_just_refreshed => {
                self.next = Some(view.now + chance.between(0, GRACE_MS));
            }
            Behaviour::WhileAway => self.look_while_away(view),
            Behaviour::Anyhow => self.look_anyhow(view, chance),
            Behaviour::InStep | Behaviour::InGrace | Behaviour::RepeatsAttempt => {}
        }
        // Whoever is away refreshes neither before nor after the thief.
        if self.behaviour == Behaviour::InStep && view.away_since.is_some() {
            self.next = None;
        }
    }

    fn look_while_away(&mut self, view: View) {
        match (view.away_since, self.next) {
            (None, _) => self.next = None,
            (Some(since), None) => self.next = Some(since + SURELY_AWAY_MS),
            (Some(_), Some(_)) => {}
        }
    }

    fn look_anyhow(&mut self, view: View, chance: &mut Chance) {
        if view.has_just_refreshed {
            self.next = match chance.below(4) {
                0 => None,
                1 => Some(view.refreshed_at + RENEWED_AFTER_MS - chance.between(-8_000, 9_000)),
                _ => Some(view.now + chance.between(0, GRACE_MS + 2_000)),
            };
        } else if view.away_since.is_some() && self.next.is_none() && chance.once_in(500) {
            self.next = Some(view.now);
        }
    }

    /// The thief has just tried.
    pub(super) fn tried(&mut self, view: View, chance: &mut Chance) {
        self.next = match self.behaviour {
            Behaviour::AtOnce => Some(view.now + AS_A_CLIENT_MS),
            Behaviour::WhileAway => view.away_since.map(|_| view.now + AS_A_CLIENT_MS),
            Behaviour::Anyhow if chance.once_in(3) => Some(view.now + chance.between(0, GRACE_MS)),
            _ => None,
        };
    }
}
