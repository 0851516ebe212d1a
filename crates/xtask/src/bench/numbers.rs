//! Numbers as a person reads them.

/// Three digits that count, thousands apart.
pub(super) fn readable(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    thousands(&format!("{value:.decimals$}"))
}

/// Megabytes with one decimal.
pub(super) fn megabytes(bytes: f64) -> String {
    format!("{:.1} MB", bytes / 1e6)
}

fn thousands(number: &str) -> String {
    let (whole, rest) = number.find('.').map_or((number, ""), |point| number.split_at(point));
    let mut spaced = String::new();
    for (place, digit) in whole.chars().enumerate() {
        let left = whole.len() - place;
        if place > 0 && left % 3 == 0 && !spaced.ends_with('-') {
            spaced.push('\u{a0}');
        }
        spaced.push(digit);
    }
    spaced + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_that_count() {
        assert_eq!(readable(0.8523), "0.85");
        assert_eq!(readable(12.34), "12.3");
        assert_eq!(readable(113_251.7), "113\u{a0}252");
        assert_eq!(readable(1_000.0), "1\u{a0}000");
        assert_eq!(readable(-123.0), "-123");
    }

    #[test]
    fn memory_is_told_in_megabytes() {
        assert_eq!(megabytes(31_250_000.0), "31.2 MB");
    }
}
