use std::sync::atomic::{AtomicI64, Ordering};

use carnet_server::clock::Clock;

/// A clock that stands still until it is turned.
#[derive(Debug)]
pub(crate) struct TestClock {
    /// Milliseconds that have passed.
    passed: AtomicI64,
    /// What people have set the clock to, less what has passed.
    set: AtomicI64,
}

impl TestClock {
    pub(crate) fn new() -> Self {
        Self { passed: AtomicI64::new(0), set: AtomicI64::new(1_800_000_000_000) }
    }

    /// A clock of another machine, which was set differently.
    pub(crate) fn off_by(&self, seconds: i64) -> Self {
        let off = Self {
            passed: AtomicI64::new(self.passed.load(Ordering::SeqCst)),
            set: AtomicI64::new(self.set.load(Ordering::SeqCst)),
        };
        off.set_ahead(seconds);
        off
    }

    /// One that begins where the system's clock is, for commands that go by that.
    pub(crate) fn today() -> Self {
        let now = carnet_server::clock::SystemClock.now_millis();
        Self { passed: AtomicI64::new(0), set: AtomicI64::new(now) }
    }

    pub(crate) fn now(&self) -> i64 {
        Clock::now(self)
    }

    /// Lets so much time pass.
    pub(crate) fn advance(&self, seconds: i64) {
        self.passed.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// Sets the clock, or back if it is less than nothing, and no time passes.
    pub(crate) fn set_ahead(&self, seconds: i64) {
        self.set.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now_millis(&self) -> i64 {
        self.set.load(Ordering::SeqCst) + self.monotonic_millis()
    }

    fn monotonic_millis(&self) -> i64 {
        self.passed.load(Ordering::SeqCst)
    }
}

/// A resource server reads the same clock.
impl carnet_verify::Clock for TestClock {
    fn now(&self) -> i64 {
        carnet_server::clock::Clock::now(self)
    }
}
