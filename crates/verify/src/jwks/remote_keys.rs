use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;
use tokio::task::JoinHandle;

use super::document;
use super::fetch::{FetchError, FetchKeys};
use crate::{Clock, KeySet};

/// Between two fetches lie at least so many seconds, whatever is asked for: a flood of invented key
/// ids costs the issuer one request in this time.
const FETCH_INTERVAL_SECONDS: i64 = 10;

/// How long the last keys serve while the issuer cannot be reached, unless it is set otherwise. A
/// key that was revoked meanwhile is accepted for as long. Nobody gets a new token from an issuer
/// that is down, and the last ones expire within a quarter of an hour, so a longer time would only
/// help where the service alone cannot reach it.
pub(crate) const USUAL_STALE_SECONDS: i64 = 60 * 60;

/// The longest time that can be set: a day.
pub(crate) const LONGEST_STALE_SECONDS: i64 = 24 * 60 * 60;

/// After a failure within so many seconds nobody waits for the next attempt.
const FAILED_LATELY_SECONDS: i64 = 60;

/// The issuer's keys cannot be had, so that nothing can be said about a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the issuer's keys cannot be had")]
pub struct KeysUnavailable;

impl KeysUnavailable {
    /// Seconds after which it is worth trying again.
    pub fn retry_after(self) -> i64 {
        FETCH_INTERVAL_SECONDS
    }
}

/// The published keys of an issuer, fetched when they are first needed and kept.
#[derive(Debug, Clone)]
pub(crate) struct RemoteKeys {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    address: String,
    fetcher: Arc<dyn FetchKeys>,
    clock: Arc<dyn Clock>,
    stale_seconds: i64,
    state: Mutex<State>,
    /// Held by the one who fetches: whoever waited for it finds what that one brought.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    kept: Option<Kept>,
    attempted_at: Option<i64>,
    /// Whether the last attempt failed.
    failed: bool,
}

#[derive(Debug, Clone)]
struct Kept {
    keys: Arc<KeySet>,
    fetched_at: i64,
    max_age: i64,
}

/// What somebody who asks for a key has to do first.
enum Need {
    Nothing,
    /// Have the keys fetched, but not wait for them.
    Fetch,
    /// Wait for a fetch.
    Wait,
}

impl RemoteKeys {
    pub(crate) fn new(
        address: String,
        fetcher: Arc<dyn FetchKeys>,
        clock: Arc<dyn Clock>,
        stale_seconds: i64,
    ) -> Self {
        let (state, turn) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { shared: Arc::new(Shared { address, fetcher, clock, stale_seconds, state, turn }) }
    }

    /// The keys to verify a token with that names the key `kid`. Where it is not among them, the
    /// issuer has just said that there is no such key.
    pub(crate) async fn for_key(&self, kid: &str) -> Result<Arc<KeySet>, KeysUnavailable> {
        let shared = &self.shared;
        let stale_seconds = shared.stale_seconds;
        let need = shared.state().need(kid, stale_seconds, shared.clock.now());
        match need {
            Need::Nothing => {}
            Need::Fetch => drop(self.fetch()),
            Need::Wait => drop(self.fetch().await),
        }
        shared.state().answer(kid, stale_seconds, shared.clock.now())
    }

    /// Fetches in a task of its own, so that a caller who hangs up does not end it for the others.
    fn fetch(&self) -> JoinHandle<()> {
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move { shared.fetch().await })
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self) {
        let _turn = self.turn.lock().await;
        let now = self.clock.now();
        if !self.state().begin(now) {
            return;
        }
        let fetched = self.fetcher.fetch(&self.address).await;
        let read = fetched.and_then(|fetched| document::read(&fetched));
        let mut state = self.state();
        state.failed = read.is_err();
        match read {
            Ok((keys, max_age)) => {
                state.kept = Some(Kept { keys: Arc::new(keys), fetched_at: now, max_age });
            }
            Err(error) => {
                let age = state.kept.as_ref().map(|kept| now - kept.fetched_at);
                drop(state);
                let (address, error) = (self.address.as_str(), in_full(&error));
                tracing::warn!(address, error, age, "the issuer's keys could not be fetched");
            }
        }
    }
}

impl State {
    fn need(&self, kid: &str, stale_seconds: i64, now: i64) -> Need {
        match self.usable(stale_seconds, now) {
            Some(kept) if !kept.keys.contains(kid) => Need::Wait,
            Some(kept) if is_within(kept.fetched_at, kept.max_age, now) => Need::Nothing,
            Some(_) if self.failed && self.was_attempted_within(FAILED_LATELY_SECONDS, now) => {
                if self.was_attempted_within(FETCH_INTERVAL_SECONDS, now) {
                    Need::Nothing
                } else {
                    Need::Fetch
                }
            }
            _ => Need::Wait,
        }
    }

    /// Whether it is time for a fetch, which then counts as attempted.
    fn begin(&mut self, now: i64) -> bool {
        let begins = !self.was_attempted_within(FETCH_INTERVAL_SECONDS, now);
        if begins {
            self.attempted_at = Some(now);
        }
        begins
    }

    fn answer(
        &self,
        kid: &str,
        stale_seconds: i64,
        now: i64,
    ) -> Result<Arc<KeySet>, KeysUnavailable> {
        let kept = self.usable(stale_seconds, now).ok_or(KeysUnavailable)?;
        // An issuer that cannot be reached has not said that there is no such key.
        let is_known = kept.keys.contains(kid) || !self.failed;
        if is_known { Ok(Arc::clone(&kept.keys)) } else { Err(KeysUnavailable) }
    }

    /// The keys that are kept, for as long as the issuer said and then for as long as was set.
    fn usable(&self, stale_seconds: i64, now: i64) -> Option<&Kept> {
        let kept = self.kept.as_ref()?;
        let seconds = stale_seconds.max(kept.max_age);
        is_within(kept.fetched_at, seconds, now).then_some(kept)
    }

    fn was_attempted_within(&self, seconds: i64, now: i64) -> bool {
        self.attempted_at.is_some_and(|at| is_within(at, seconds, now))
    }
}

/// Whether fewer than so many seconds have passed; a clock that was set back tells nothing.
fn is_within(since: i64, seconds: i64, now: i64) -> bool {
    (0..seconds).contains(&(now - since))
}

/// An error with its causes: reqwest's own words leave out why it could not connect.
fn in_full(error: &FetchError) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}
