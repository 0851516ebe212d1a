//! The only place that reads the time.

use std::time::{Duration, Instant};

/// Now, to measure from.
#[expect(clippy::disallowed_methods, reason = "a load generator measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Interpreters take that long to load and compile what they run.
const SHORTEST_WARMING_UP: Duration = Duration::from_secs(1);

/// How long everything is let grow warm before so much time is measured.
pub(crate) fn warming_up(measured: Duration) -> Duration {
    SHORTEST_WARMING_UP.max(measured / 5)
}

/// When a measurement counts: after a while in which everything grows warm, and until its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) start: Instant,
    pub(crate) end: Instant,
}

impl Window {
    /// Opens when everything has grown warm.
    pub(crate) fn after_warming_up(open: Duration) -> Self {
        let start = now() + warming_up(open);
        Self { start, end: start + open }
    }

    /// Opens now.
    pub(crate) fn at_once(open: Duration) -> Self {
        let start = now();
        Self { start, end: start + open }
    }

    pub(crate) fn open_for(self) -> Duration {
        self.end - self.start
    }
}
