//! What a measurement comes to.

use std::fmt;
use std::time::Duration;

/// What was measured of one thing in one go.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// How many a second.
    pub rate: f64,
    /// Half of them took no longer, in milliseconds.
    pub p50: f64,
    /// 99 of 100 took no longer, in milliseconds.
    pub p99: f64,
    /// How many came to an end.
    pub count: usize,
    /// How many of them were not answered as they should be.
    pub errors: usize,
    /// What the first of them was answered.
    pub first_error: Option<String>,
}

impl Figures {
    /// Reckons them from how long each took.
    #[must_use]
    pub fn of(mut latencies: Vec<Duration>, measured: Duration) -> Self {
        latencies.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵²")]
        let rate = latencies.len() as f64 / measured.as_secs_f64();
        Self {
            rate,
            p50: milliseconds(percentile(&latencies, 50)),
            p99: milliseconds(percentile(&latencies, 99)),
            count: latencies.len(),
            ..Self::default()
        }
    }

    /// The same without times: so many a second.
    #[must_use]
    pub fn of_count(count: usize, measured: Duration) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2⁵²")]
        let rate = count as f64 / measured.as_secs_f64();
        Self { rate, count, ..Self::default() }
    }
}

/// In one line, as pairs of a name and a number, which xtask reads.
impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rate, p50, p99, count, errors, .. } = self;
        write!(formatter, "rate {rate:.3} p50 {p50:.4} p99 {p99:.4} count {count} errors {errors}")
    }
}

/// The smallest that so many of a hundred do not exceed; they must be sorted.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(values: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        values.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let hundred = millis(1..=100);
        assert_eq!(percentile(&hundred, 50), Duration::from_millis(50));
        assert_eq!(percentile(&hundred, 99), Duration::from_millis(99));
        assert_eq!(percentile(&millis([7]), 99), Duration::from_millis(7));
        assert_eq!(percentile(&millis(1..=101), 99), Duration::from_millis(100));
    }

    #[test]
    fn nothing_measured_is_zero_and_not_a_failure() {
        assert_eq!(Figures::of(Vec::new(), Duration::from_secs(1)), Figures::default());
    }

    #[test]
    fn order_does_not_matter_and_the_rate_is_by_the_time_measured() {
        let figures = Figures::of(millis([30, 10, 20]), Duration::from_millis(500));
        assert!((figures.rate - 6.0).abs() < 1e-9);
        assert!((figures.p50 - 20.0).abs() < 1e-9);
        assert!((figures.p99 - 30.0).abs() < 1e-9);
    }

    #[test]
    fn xtask_reads_them_from_one_line() {
        let figures = Figures { rate: 1.5, p50: 0.25, p99: 2.0, count: 3, ..Figures::default() };
        assert_eq!(figures.to_string(), "rate 1.500 p50 0.2500 p99 2.0000 count 3 errors 0");
    }
}
