use crate::stored::Tokens;

/// One moment by both clocks of a device, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moment {
    /// Since 1970, by a clock that people and time servers set; it may be wrong and may jump.
    pub wall_ms: i64,
    /// Since the page was opened, by a clock that never jumps but may stop while the device sleeps.
    pub mono_ms: i64,
}

impl Moment {
    /// How long ago an earlier moment of the same page was: the larger of what the two clocks say,
    /// since each of them errs by losing time (the wall clock when it is set back).
    pub fn since(self, earlier: Self) -> i64 {
        (self.wall_ms - earlier.wall_ms).max(self.mono_ms - earlier.mono_ms)
    }
}

/// Tokens in use, with what is needed to tell their age.
#[derive(Debug, Clone)]
pub(super) struct LiveTokens {
    pub(super) tokens: Tokens,
    /// Tells access tokens apart without comparing secrets.
    pub(super) serial: u64,
    /// A request with the access token got 401.
    pub(super) refused: bool,
    seen: Moment,
    age_when_seen: i64,
}

impl LiveTokens {
    /// Tokens that have just come, or that another page received. Between pages only the wall
    /// clock counts; tokens from the future mean that it was set back by an unknown amount, and
    /// they count as expired.
    pub(super) fn new(tokens: Tokens, serial: u64, now: Moment) -> Self {
        let age = now.wall_ms - tokens.received_at;
        let age_when_seen = if age < 0 { i64::MAX / 2 } else { age };
        Self { tokens, serial, refused: false, seen: now, age_when_seen }
    }

    /// How long before its end a token is renewed.
    fn margin(&self) -> i64 {
        (self.tokens.lifetime_ms / 10).min(60_000)
    }

    fn age(&self, now: Moment) -> i64 {
        self.age_when_seen + now.since(self.seen).max(0)
    }

    /// How long the access token still lives.
    pub(super) fn left(&self, now: Moment) -> i64 {
        self.tokens.lifetime_ms - self.age(now)
    }

    /// Whether it should be renewed.
    pub(super) fn is_due(&self, now: Moment) -> bool {
        self.refused || self.age(now) >= self.tokens.lifetime_ms - self.margin()
    }

    /// Whether a request may still be sent with it: a request takes time too, so the very last of
    /// a token's life is left alone.
    pub(super) fn is_usable(&self, now: Moment) -> bool {
        !self.refused && self.age(now) < self.tokens.lifetime_ms - self.margin() / 2
    }

    /// How long to wait until it is renewed: up to a quarter of the margin early, so that tabs do
    /// not all wake at once. Never less than a moment, whatever a server says of its lifetime.
    pub(super) fn renew_in(&self, now: Moment, lot: u8) -> i64 {
        let jitter = self.margin() * i64::from(lot) / (4 * 255);
        (self.tokens.lifetime_ms - self.margin() - jitter - self.age(now)).max(500)
    }
}

#[cfg(test)]
mod tests {
    use carnet_shared::{Secret, User};
    use serde_json::Map;

    use super::*;

    const START: Moment = Moment { wall_ms: 1_700_000_000_000, mono_ms: 5_000 };

    fn live(lifetime_ms: i64) -> LiveTokens {
        let user = User {
            id: "u".into(),
            email: "ada@example.org".into(),
            username: "ada".into(),
            name: String::new(),
            roles: Vec::new(),
            created_at: 0,
            attributes: Map::new(),
        };
        let tokens = Tokens {
            session: "s".into(),
            access_token: Secret::new("t"),
            lifetime_ms,
            received_at: START.wall_ms,
            refresh_token: None,
            user,
        };
        LiveTokens::new(tokens, 1, START)
    }

    fn at(wall: i64, mono: i64) -> Moment {
        Moment { wall_ms: START.wall_ms + wall, mono_ms: START.mono_ms + mono }
    }

    #[test]
    fn a_token_is_due_a_tenth_of_its_life_before_its_end_but_at_most_a_minute() {
        assert!(!live(300_000).is_due(at(269_999, 269_999)));
        assert!(live(300_000).is_due(at(270_000, 270_000)));
        assert!(!live(900_000).is_due(at(839_999, 839_999)));
        assert!(live(900_000).is_due(at(840_000, 840_000)));
    }

    #[test]
    fn a_clock_set_back_does_not_lengthen_a_life() {
        assert!(live(300_000).is_due(at(-86_400_000, 280_000)));
    }

    #[test]
    fn sleep_that_stops_the_monotonic_clock_does_not_lengthen_a_life() {
        assert!(live(300_000).is_due(at(280_000, 10)));
    }

    #[test]
    fn tokens_from_the_future_count_as_expired() {
        let reloaded = LiveTokens::new(live(300_000).tokens, 2, at(-1, 0));
        assert!(!reloaded.is_usable(at(-1, 0)));
    }

    #[test]
    fn renewal_is_early_by_chance_but_never_late() {
        for lot in [0, 1, 128, 255] {
            let wait = live(300_000).renew_in(START, lot);
            assert!((262_500..=270_000).contains(&wait), "{wait}");
        }
    }

    #[test]
    fn a_server_that_gives_dead_tokens_does_not_make_the_client_spin() {
        assert!(live(0).renew_in(START, 255) >= 500);
        assert!(live(-5_000).renew_in(START, 255) >= 500);
    }
}
