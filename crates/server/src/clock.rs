//! Telling the time.

use std::fmt::Debug;

#[cfg(target_os = "linux")]
use rustix::time::ClockId;

/// Tells the time. Everything that needs to know it takes a clock, so that tests can turn it.
pub trait Clock: Debug + Send + Sync {
    /// Milliseconds since 1970. An operator or a time server may set this clock at any moment, ahead
    /// or back.
    fn now_millis(&self) -> i64;

    /// Milliseconds since some moment in the past. Nobody can set this clock, and it goes on while
    /// the process is stopped or the machine sleeps: what is to be measured is measured by it.
    fn monotonic_millis(&self) -> i64;

    /// Like [`Self::now_millis`], but may be up to one kernel tick late. It is for the path of every
    /// request.
    fn coarse_millis(&self) -> i64 {
        self.now_millis()
    }

    /// Seconds since 1970.
    fn now(&self) -> i64 {
        self.coarse_millis().div_euclid(1000)
    }
}

/// The system's clocks.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
    fn now_millis(&self) -> i64 {
        let now = std::time::SystemTime::now();
        match now.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
        }
    }

    /// The time since the machine was started, sleep included.
    #[cfg(target_os = "linux")]
    fn monotonic_millis(&self) -> i64 {
        linux_millis(ClockId::Boottime)
    }

    #[cfg(not(target_os = "linux"))]
    fn monotonic_millis(&self) -> i64 {
        millis_of_process()
    }

    /// The time of the kernel's last tick, which is read in 5 ns instead of 27.
    #[cfg(target_os = "linux")]
    fn coarse_millis(&self) -> i64 {
        linux_millis(ClockId::RealtimeCoarse)
    }
}

/// Milliseconds since some moment in the past, by the clock of tokio's timers, which stands still
/// while the machine sleeps; some milliseconds late at times, as [`Clock::coarse_millis`] is.
#[cfg(target_os = "linux")]
pub(crate) fn coarse_timer_millis() -> i64 {
    linux_millis(ClockId::MonotonicCoarse)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn coarse_timer_millis() -> i64 {
    millis_of_process()
}

#[cfg(target_os = "linux")]
fn linux_millis(clock: ClockId) -> i64 {
    let now = rustix::time::clock_gettime(clock);
    now.tv_sec * 1000 + now.tv_nsec / 1_000_000
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
fn millis_of_process() -> i64 {
    static BEGINNING: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    let beginning = BEGINNING.get_or_init(std::time::Instant::now);
    i64::try_from(beginning.elapsed().as_millis()).unwrap_or(i64::MAX)
}
