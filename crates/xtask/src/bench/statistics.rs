//! Medians of rounds, and which rounds were noisy.

/// How far the processor's speed may lie from what it is in most rounds.
pub(super) const NOISE: f64 = 0.1;

/// The middle one, or halfway between the two in the middle; none of none.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        length if length % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// The smallest and the largest.
pub(super) fn range(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    let widen = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
    values.into_iter().map(|value| (value, value)).reduce(|range, (value, _)| widen(range, value))
}

/// Whether somebody else used the processor, or it ran at another speed: before the measurement it
/// did the same work in another time than it usually does in this run.
pub(super) fn is_noisy(speed: f64, usual: f64) -> bool {
    (speed / usual - 1.0).abs() > NOISE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_whatever_the_order() {
        assert_eq!(median([5.0, 1.0, 100.0]), Some(5.0));
        assert_eq!(median([4.0, 1.0, 2.0, 100.0]), Some(3.0));
        assert_eq!(median([]), None);
    }

    #[test]
    fn the_range_holds_all() {
        assert_eq!(range([3.0, 1.0, 2.0]), Some((1.0, 3.0)));
        assert_eq!(range([]), None);
    }

    #[test]
    fn a_tenth_more_or_less_is_no_noise() {
        assert!(!is_noisy(91.0, 100.0) && !is_noisy(109.0, 100.0));
        assert!(is_noisy(89.0, 100.0) && is_noisy(111.0, 100.0));
    }
}
