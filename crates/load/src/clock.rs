//! The only place that reads the time.

use std::time::{Duration, Instant};

/// Now, to measure from.
#[expect(clippy::disallowed_methods, reason = "a load generator measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// When a measurement counts: after a while in which everything grows warm, and until its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) start: Instant,
    pub(crate) end: Instant,
}

impl Window {
    /// Opens after a fifth of the time that it will be open.
    pub(crate) fn after_warming_up(open: Duration) -> Self {
        let start = now() + open / 5;
        Self { start, end: start + open }
    }

    pub(crate) fn open_for(self) -> Duration {
        self.end - self.start
    }
}
