use std::sync::atomic::{AtomicI64, Ordering};

use carnet_server::clock::Clock;

/// A clock that stands still until it is turned.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(AtomicI64::new(1_800_000_000_000))
    }

    /// One that begins where the system's clock is, for commands that go by that.
    pub(crate) fn today() -> Self {
        Self(AtomicI64::new(carnet_server::clock::SystemClock.now_millis()))
    }

    pub(crate) fn now(&self) -> i64 {
        Clock::now(self)
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now_millis(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A resource server reads the same clock.
impl carnet_verify::Clock for TestClock {
    fn now(&self) -> i64 {
        carnet_server::clock::Clock::now(self)
    }
}
