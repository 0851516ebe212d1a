use time::{Month, OffsetDateTime};

use crate::{Text, Texts};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A day in words, in UTC: `3 March 2026`. `None` for a time that no calendar has.
pub fn day(texts: Texts, seconds: i64) -> Option<String> {
    let at = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    let month = match at.month() {
        Month::January => Text::January,
        Month::February => Text::February,
        Month::March => Text::March,
        Month::April => Text::April,
        Month::May => Text::May,
        Month::June => Text::June,
        Month::July => Text::July,
        Month::August => Text::August,
        Month::September => Text::September,
        Month::October => Text::October,
        Month::November => Text::November,
        Month::December => Text::December,
    };
    let (day, month, year) = (at.day().to_string(), texts.get(month), at.year().to_string());
    Some(texts.fill(Text::Day, &[("day", &day), ("month", month), ("year", &year)]))
}

/// How long ago something was, as people say it: `2 hours ago`, and the day after two weeks.
pub(crate) fn ago(texts: Texts, then: i64, now: i64) -> String {
    let seconds = now.saturating_sub(then);
    let count = |text, unit: i64| texts.count(text, (seconds / unit).unsigned_abs());
    match seconds {
        // The clocks of two instances may differ a little.
        ..MINUTE => texts.get(Text::JustNow).to_owned(),
        MINUTE..HOUR => count(Text::MinutesAgo, MINUTE),
        HOUR..DAY => count(Text::HoursAgo, HOUR),
        DAY.. if seconds < 14 * DAY => count(Text::DaysAgo, DAY),
        _ => match day(texts, then) {
            Some(day) => texts.fill(Text::OnDay, &[("day", &day)]),
            None => texts.get(Text::LongAgo).to_owned(),
        },
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn a_day_is_written_out() {
        let english = Language::english();
        let day = |seconds| day(english.texts(), seconds).unwrap();
        assert_eq!(day(1_772_496_000), "3 March 2026");
        assert_eq!(day(0), "1 January 1970");
        assert_eq!(day(-1), "31 December 1969");
    }

    #[test]
    fn a_day_is_written_as_the_language_does() {
        let built_in = Language::built_in("Carnet");
        let german = built_in.iter().find(|language| language.tag() == "de").unwrap();
        assert_eq!(day(german.texts(), 1_772_496_000).unwrap(), "3. März 2026");
        assert_eq!(ago(german.texts(), 0, DAY), "vor 1 Tag");
    }

    #[test]
    fn a_time_that_no_calendar_has_is_left_out() {
        let english = Language::english();
        assert_eq!(day(english.texts(), i64::MAX), None);
        assert_eq!(ago(english.texts(), i64::MIN, i64::MAX), "long ago");
    }

    #[test]
    fn a_time_ago_is_said_as_people_say_it() {
        let english = Language::english();
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
            assert_eq!(ago(english.texts(), now - seconds, now), words);
        }
    }
}
