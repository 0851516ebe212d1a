//! Reads what other processes end and change, and knows how old that knowledge is.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;

use crate::app::App;
use crate::clock::Clock;
use crate::error::ApiError;
use crate::keys::KeyError;
use crate::live::Applied;
use crate::store::Position;

/// Who is older than this reads the changes before it answers: the process was stopped, or the
/// database does not answer. Readiness says so too.
const FRESH_MILLIS: i64 = 2_000;

/// After so long without a successful look everything is read again, not only what follows.
const GAP_MILLIS: i64 = 5_000;

/// Nobody is let in by knowledge that is older than this.
const STALE_MILLIS: i64 = 30_000;

/// By so much the clocks may come to differ between two looks. A clock that was set further may have
/// been set because the machine itself was stopped, so that no clock of it went on.
const STEP_MILLIS: i64 = 3_000;

/// How long a request waits for the changes.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long after a look that failed a request makes no other.
const RETRY_MILLIS: i64 = 1_000;

/// How often a failure that goes on is logged.
const COMPLAINT_MILLIS: i64 = 10_000;

/// Long before any moment of a monotonic clock.
const NEVER: i64 = i64::MIN / 4;

/// How far the changes were read, and when.
#[derive(Debug)]
pub(crate) struct ChangeReader {
    /// When the last successful look began, by the monotonic clock.
    read_at: AtomicI64,
    /// By how much the clock that people set was ahead of the monotonic one then.
    ahead: AtomicI64,
    /// When a look last failed, unless one has succeeded since.
    failed_at: AtomicI64,
    /// Whether the keys changed and could not be opened since.
    keys_are_old: AtomicBool,
    /// Held while somebody reads.
    reading: Mutex<Reading>,
}

#[derive(Debug)]
struct Reading {
    /// Absent until everything was read once.
    position: Option<Position>,
    /// Kinds of changes that were logged as unknown.
    unknown: HashSet<String>,
    complained_at: i64,
}

/// What two clocks say at one moment.
#[derive(Debug, Clone, Copy)]
struct Moment {
    monotonic: i64,
    ahead: i64,
}

impl Moment {
    fn now(clock: &dyn Clock) -> Self {
        let monotonic = clock.monotonic_millis();
        Self { monotonic, ahead: clock.coarse_millis() - monotonic }
    }
}

impl Default for ChangeReader {
    fn default() -> Self {
        let reading = Reading { position: None, unknown: HashSet::new(), complained_at: NEVER };
        Self {
            read_at: AtomicI64::new(NEVER),
            ahead: AtomicI64::new(0),
            failed_at: AtomicI64::new(NEVER),
            keys_are_old: AtomicBool::new(false),
            reading: Mutex::new(reading),
        }
    }
}

impl ChangeReader {
    /// Milliseconds since the last successful look began.
    pub(crate) fn age(&self, clock: &dyn Clock) -> i64 {
        clock.monotonic_millis() - self.read_at.load(Ordering::Acquire)
    }

    /// Whether the changes are read as they should be, and the keys could be opened.
    pub(crate) fn is_ready(&self, clock: &dyn Clock) -> bool {
        self.is_within(Moment::now(clock), FRESH_MILLIS)
            && !self.keys_are_old.load(Ordering::Acquire)
    }

    /// Whether what is known is no older than this, as far as the clocks can tell.
    fn is_within(&self, now: Moment, millis: i64) -> bool {
        let age = now.monotonic - self.read_at.load(Ordering::Acquire);
        let step = now.ahead - self.ahead.load(Ordering::Acquire);
        (0..=millis).contains(&age) && step.abs() <= STEP_MILLIS
    }

    /// Whether a look failed so lately that another would most likely fail too.
    fn has_just_failed(&self, now: Moment) -> bool {
        (0..RETRY_MILLIS).contains(&(now.monotonic - self.failed_at.load(Ordering::Acquire)))
    }

    fn succeeded(&self, began: Moment) {
        self.ahead.store(began.ahead, Ordering::Release);
        self.read_at.store(began.monotonic, Ordering::Release);
        self.failed_at.store(NEVER, Ordering::Release);
    }
}

impl App {
    /// Returns at once where the changes were read lately, as they are four times a second. After a
    /// pause of the process, or after a clock was set, it reads them first.
    ///
    /// # Errors
    /// When nobody could read them for longer than anybody may be let in.
    pub(crate) async fn know_changes(&self) -> Result<(), ApiError> {
        if self.reader.is_within(Moment::now(&*self.clock), FRESH_MILLIS) {
            return Ok(());
        }
        // In a place of its own, since it is rare.
        Box::pin(self.know_changes_first()).await
    }

    async fn know_changes_first(&self) -> Result<(), ApiError> {
        if !self.reader.has_just_failed(Moment::now(&*self.clock)) {
            let read = async {
                let reading = self.reader.reading.lock().await;
                // Whoever waited finds it done.
                if !self.reader.is_within(Moment::now(&*self.clock), FRESH_MILLIS) {
                    // What fails was logged, and shows in the age.
                    let _ = self.read_changes_under(reading).await;
                }
            };
            // Whoever has no time left goes by the age too.
            let _ = timeout(PATIENCE, read).await;
        }
        if self.reader.is_within(Moment::now(&*self.clock), STALE_MILLIS) {
            Ok(())
        } else {
            Err(ApiError::Stale)
        }
    }

    /// Reads what others ended and changed since the last look: everything after a gap.
    ///
    /// # Errors
    /// When the database fails, which is logged; what was known stays known.
    pub(crate) async fn read_changes(&self) -> Result<(), KeyError> {
        let reading = self.reader.reading.lock().await;
        self.read_changes_under(reading).await
    }

    async fn read_changes_under(
        &self,
        mut reading: MutexGuard<'_, Reading>,
    ) -> Result<(), KeyError> {
        let began = Moment::now(&*self.clock);
        let position = reading.position.clone();
        let position = position.filter(|_| self.reader.is_within(began, GAP_MILLIS));
        let read = match &position {
            Some(position) => self.read_what_follows(position, &mut reading).await,
            None => self.read_everything(&mut reading).await,
        };
        match &read {
            Ok(()) => {
                if reading.complained_at != NEVER {
                    self.store.renew_connections();
                    tracing::info!("changes of other processes are seen again");
                    reading.complained_at = NEVER;
                }
                self.reader.succeeded(began);
            }
            Err(error) => {
                let now = self.clock.monotonic_millis();
                self.reader.failed_at.store(now, Ordering::Release);
                if now - reading.complained_at >= COMPLAINT_MILLIS {
                    reading.complained_at = now;
                    tracing::error!(%error, "changes of other processes are not seen at the moment");
                }
            }
        }
        read
    }

    async fn read_what_follows(
        &self,
        position: &Position,
        reading: &mut Reading,
    ) -> Result<(), KeyError> {
        let read = self.store.changes_after(position).await?;
        if read.went_back {
            tracing::warn!(
                "the database is another one or has gone back: everything is read again"
            );
            return self.read_everything(reading).await;
        }
        let applied = self.live.apply(read.changes, self.clock.monotonic_millis());
        if !applied.unknown.is_empty() {
            note_unknown(reading, applied);
            return self.read_everything(reading).await;
        }
        if applied.keys || self.reader.keys_are_old.load(Ordering::Acquire) {
            self.reload_keys().await?;
        }
        reading.position = Some(read.position);
        Ok(())
    }

    async fn read_everything(&self, reading: &mut Reading) -> Result<(), KeyError> {
        // First the position: what is written while the pages are read is read again.
        let position = self.store.changes_position().await?;
        let mut next = Some(String::new());
        while let Some(after) = next {
            let (changes, last) = self.store.changes_page(&after).await?;
            note_unknown(reading, self.live.apply(changes, self.clock.monotonic_millis()));
            next = last;
        }
        self.reload_keys().await?;
        reading.position = Some(position);
        Ok(())
    }

    /// Keys that cannot be opened here are no reason to refuse everybody: the ones until now stay,
    /// readiness says no, and every look tries again.
    async fn reload_keys(&self) -> Result<(), KeyError> {
        let reloaded = self.keys.reload().await;
        let are_old = reloaded.is_err();
        let were_old = self.reader.keys_are_old.swap(are_old, Ordering::AcqRel);
        match reloaded {
            Err(error @ KeyError::Store(_)) => Err(error),
            Err(error) => {
                if !were_old {
                    tracing::error!(%error, "changed keys cannot be read");
                }
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }
}

fn note_unknown(reading: &mut Reading, applied: Applied) {
    for kind in applied.unknown {
        if reading.unknown.insert(kind.clone()) {
            tracing::warn!(
                kind,
                "a newer version has written a change that this one does not know"
            );
        }
    }
}
