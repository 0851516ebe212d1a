use time::OffsetDateTime;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A day in words, in UTC: `3 March 2026`. `None` for a time that no calendar has.
pub(crate) fn day(seconds: i64) -> Option<String> {
    let at = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    Some(format!("{} {} {}", at.day(), at.month(), at.year()))
}

/// How long ago something was, as people say it: `2 hours ago`, and the day after two weeks.
pub(crate) fn ago(then: i64, now: i64) -> String {
    let seconds = now.saturating_sub(then);
    match seconds {
        // The clocks of two instances may differ a little.
        ..MINUTE => "just now".to_owned(),
        MINUTE..HOUR => count(seconds / MINUTE, "minute"),
        HOUR..DAY => count(seconds / HOUR, "hour"),
        DAY.. if seconds < 14 * DAY => count(seconds / DAY, "day"),
        _ => day(then).map_or_else(|| "long ago".to_owned(), |day| format!("on {day}")),
    }
}

fn count(number: i64, unit: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural} ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_out() {
        assert_eq!(day(1_772_496_000).unwrap(), "3 March 2026");
        assert_eq!(day(0).unwrap(), "1 January 1970");
        assert_eq!(day(-1).unwrap(), "31 December 1969");
    }

    #[test]
    fn a_time_that_no_calendar_has_is_left_out() {
        assert_eq!(day(i64::MAX), None);
        assert_eq!(ago(i64::MIN, i64::MAX), "long ago");
    }

    #[test]
    fn a_time_ago_is_said_as_people_say_it() {
        let now = 1_772_496_000;
        for (seconds, words) in [
            (-3, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (2 * HOUR + 5, "2 hours ago"),
            (DAY, "1 day ago"),
            (13 * DAY, "13 days ago"),
            (14 * DAY, "on 17 February 2026"),
        ] {
            assert_eq!(ago(now - seconds, now), words);
        }
    }
}
