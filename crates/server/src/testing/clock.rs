use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::clock::Clock;

/// When every test begins: 2027-01-15T08:00:00Z, in milliseconds since 1970.
const BEGINNING: i64 = 1_800_000_000_000;

/// A clock that stands still until it is turned. It begins at 2027-01-15T08:00:00Z.
#[derive(Debug, Default)]
pub struct TestClock {
    passed_millis: AtomicI64,
}

impl TestClock {
    /// One that has not been turned yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets so much time pass, in whole milliseconds.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use carnet_server::clock::Clock;
    /// use carnet_server::testing::TestClock;
    ///
    /// let clock = TestClock::new();
    /// assert_eq!(clock.now(), 1_800_000_000);
    /// clock.advance(Duration::from_secs(90));
    /// assert_eq!(clock.now(), 1_800_000_090);
    /// ```
    pub fn advance(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        self.passed_millis.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now_millis(&self) -> i64 {
        BEGINNING + self.monotonic_millis()
    }

    fn monotonic_millis(&self) -> i64 {
        self.passed_millis.load(Ordering::SeqCst)
    }
}
