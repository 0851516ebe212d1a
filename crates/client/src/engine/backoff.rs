use super::Moment;
use crate::AuthError;

const FIRST_WAIT_MS: i64 = 1_000;
const LONGEST_WAIT_MS: i64 = 60_000;
/// A server that asks for more than an hour is asked again after one.
const LONGEST_ASKED_MS: i64 = 3_600_000;

/// How long to leave the server alone after failures that say nothing about the session.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    pause: Option<Pause>,
}

#[derive(Debug)]
struct Pause {
    since: Moment,
    wait_ms: i64,
    error: AuthError,
}

impl Backoff {
    /// Notes a failure: each wait is twice the one before, with jitter downwards, and never
    /// shorter than the server asked for.
    pub(super) fn failed(&mut self, error: &AuthError, now: Moment, lot: u8) {
        let wait = (FIRST_WAIT_MS << self.failures.min(6)).min(LONGEST_WAIT_MS);
        let wait = wait - wait / 4 * i64::from(lot) / 255;
        let asked = match error {
            AuthError::RetryAfter { seconds, .. } => {
                i64::try_from(*seconds).unwrap_or(i64::MAX).saturating_mul(1_000)
            }
            _ => 0,
        };
        let wait_ms = wait.max(asked.min(LONGEST_ASKED_MS));
        self.failures = self.failures.saturating_add(1);
        self.pause = Some(Pause { since: now, wait_ms, error: error.clone() });
    }

    /// Notes a success.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Ends the pause if it was for want of a network, which is back.
    pub(super) fn online(&mut self) {
        if self.pause.as_ref().is_some_and(|pause| pause.error == AuthError::Offline) {
            self.reset();
        }
    }

    /// How long the pause still lasts, and what it is for.
    pub(super) fn remaining(&self, now: Moment) -> Option<(i64, &AuthError)> {
        let pause = self.pause.as_ref()?;
        let left = pause.wait_ms - now.since(pause.since).max(0);
        (left > 0).then_some((left, &pause.error))
    }
}

#[cfg(test)]
mod tests {
    use carnet_shared::{ErrorCode, Problem};

    use super::*;

    fn waits(error: &AuthError, lot: u8) -> Vec<i64> {
        let mut backoff = Backoff::default();
        let mut wait = || {
            backoff.failed(error, Moment::default(), lot);
            backoff.remaining(Moment::default()).unwrap().0
        };
        (0..8).map(|_| wait()).collect()
    }

    #[test]
    fn waits_double_up_to_a_minute() {
        assert_eq!(
            waits(&AuthError::Offline, 0),
            [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]
        );
        assert_eq!(waits(&AuthError::Offline, 255)[0], 750);
    }

    #[test]
    fn a_wait_is_never_shorter_than_asked_nor_longer_than_an_hour_for_the_asking() {
        let problem = Problem::new(ErrorCode::TooManyRequests);
        let asked = |seconds| AuthError::RetryAfter { problem: problem.clone(), seconds };
        assert_eq!(waits(&asked(30), 255)[0], 30_000);
        assert_eq!(waits(&asked(u64::MAX), 255)[0], 3_600_000);
    }

    #[test]
    fn coming_online_ends_only_a_pause_for_want_of_a_network() {
        for (error, ends) in [(AuthError::Offline, true), (AuthError::Unreadable, false)] {
            let mut backoff = Backoff::default();
            backoff.failed(&error, Moment::default(), 0);
            backoff.online();
            assert_eq!(backoff.remaining(Moment::default()).is_none(), ends);
        }
    }
}
