//! Ends of sessions that the database could not take.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::app::App;
use crate::store::{EndReason, StoreError};

/// The limit of sessions kept here. A sign-out beyond it fails like any other and is not retried.
const MOST: usize = 10_000;

/// Sessions that this process already refuses and that the database does not yet record as ended.
/// The caller got an error; the end is written as soon as the database accepts it.
#[derive(Debug, Default)]
pub(crate) struct UnwrittenEnds {
    by_session: Mutex<HashMap<String, (EndReason, i64)>>,
    /// Looked at every second, mostly for nothing.
    count: AtomicUsize,
}

impl UnwrittenEnds {
    fn add(&self, session_id: &str, reason: EndReason, now: i64) {
        let mut ends = self.lock();
        if ends.len() < MOST {
            ends.entry(session_id.to_owned()).or_insert((reason, now));
        }
        self.count.store(ends.len(), Ordering::Release);
    }

    fn remove(&self, session_id: &str) {
        let mut ends = self.lock();
        ends.remove(session_id);
        self.count.store(ends.len(), Ordering::Release);
    }

    fn all(&self) -> Vec<(String, EndReason, i64)> {
        if self.count.load(Ordering::Acquire) == 0 {
            return Vec::new();
        }
        self.lock().iter().map(|(id, (reason, at))| (id.clone(), *reason, *at)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (EndReason, i64)>> {
        self.by_session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Ends a session: here at once, whether or not the database can be written, and for good when
    /// it can. Returns whose it was, or `None` where it had ended already.
    ///
    /// # Errors
    /// When the database fails; it is then tried again every second.
    pub(crate) async fn end_session(
        &self,
        session_id: &str,
        reason: EndReason,
    ) -> Result<Option<String>, StoreError> {
        let now = self.clock.now();
        self.sessions_ended([&session_id.to_owned()]);
        let ended = self.store.end_session(session_id, reason, now).await;
        if ended.is_err() {
            self.unwritten_ends.add(session_id, reason, now);
        }
        ended
    }

    /// Writes the ends that could not be written before.
    pub(crate) async fn write_ends(&self) {
        for (session_id, reason, at) in self.unwritten_ends.all() {
            match self.store.end_session(&session_id, reason, at).await {
                Ok(_) => self.unwritten_ends.remove(&session_id),
                Err(error) => {
                    tracing::warn!(%error, "ended sessions are not written yet");
                    return;
                }
            }
        }
    }
}
