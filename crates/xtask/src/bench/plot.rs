//! The rates as bars, in a picture that is readable on light and dark pages.

use std::fmt::Write as _;

use super::numbers::readable;
use super::rounds::{Run, Series};

const WIDTH: f64 = 860.0;
/// Where the bars begin, and how long the longest can be.
const LEFT: f64 = 330.0;
const LONGEST: f64 = 440.0;
const ROW: f64 = 22.0;
const BAR: f64 = 13.0;
const HEAD: f64 = 34.0;
const TOP: f64 = 44.0;

/// Page colours of both kinds are not known to the picture, but whether the reader wants dark is.
const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.head { font-weight: 600 }
.note, .tick { fill: #59636e; font-size: 12px }
.line { stroke: #d1d9e0; stroke-width: 1 }
.carnet { fill: #0969da }
.peer { fill: #bc4c00 }
.limit { fill: #818b98 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .note, .tick { fill: #9198a1 }
  .line { stroke: #3d444d }
  .carnet { fill: #4493f8 }
  .peer { fill: #db6d28 }
  .limit { fill: #7d8590 }
}
";

/// Groups whose rates are compared, and what they are about.
const GROUPS: [(&str, &str); 6] = [
    ("claims", "A request that needs the token's claims"),
    ("user", "A request that reads the user from the database"),
    ("refresh-sqlite", "Refresh with rotation, SQLite"),
    ("refresh-postgres", "Refresh with rotation, PostgreSQL"),
    ("login", "Sign-in with a password"),
    ("sessions", "Refresh in a small table and in a full one, SQLite"),
];

/// The picture; nothing where no rate was measured.
pub(super) fn drawn(run: &Run) -> Option<String> {
    let rates: Vec<f64> = run.series.iter().filter_map(rate).collect();
    let scale = Scale::of(&rates)?;
    let mut rows = String::new();
    let mut y = TOP;
    for (group, title) in GROUPS {
        let of_group = run.series.iter().filter(|series| series.measure.group == group);
        let bars: Vec<(&Series, f64)> =
            of_group.filter_map(|series| Some((series, rate(series)?))).collect();
        if bars.is_empty() {
            continue;
        }
        y += HEAD;
        put(&mut rows, "head", 0.0, y - 10.0, "start", title);
        for (series, rate) in bars {
            draw(&mut rows, series, rate, y, &scale);
            y += ROW;
        }
    }
    let height = y + 12.0;
    let lines = scale.lines(height);
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"Requests a second, Carnet beside others and the machine's limits\">\n\
         <style>\n{STYLE}</style>\n{lines}{rows}</svg>\n"
    ))
}

fn rate(series: &Series) -> Option<f64> {
    series.median("rate").filter(|rate| *rate > 0.0)
}

fn draw(rows: &mut String, series: &Series, rate: f64, y: f64, scale: &Scale) {
    let length = scale.length(rate);
    let name = series.measure.name;
    let class = match name {
        _ if name.starts_with("carnet") => "carnet",
        _ if name.starts_with("simplejwt") || name.starts_with("better-auth") => "peer",
        _ => "limit",
    };
    let title = series.measure.title.replace('`', "");
    put(rows, "name", LEFT - 10.0, y + 11.0, "end", &title);
    // Writing to a String does not fail.
    let _ = writeln!(
        rows,
        "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{y}\" width=\"{length:.1}\" height=\"{BAR}\" rx=\"2\"/>"
    );
    put(rows, "value", LEFT + length + 6.0, y + 11.0, "start", &readable(rate));
}

fn put(rows: &mut String, class: &str, x: f64, y: f64, anchor: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        rows,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
    );
}

/// Powers of ten from below the smallest to above the largest.
struct Scale {
    first: i32,
    last: i32,
}

impl Scale {
    fn of(rates: &[f64]) -> Option<Self> {
        let logarithms = || rates.iter().map(|rate| rate.log10());
        let smallest = logarithms().reduce(f64::min)?;
        let largest = logarithms().reduce(f64::max)?;
        #[expect(clippy::cast_possible_truncation, reason = "powers of ten of rates")]
        let (first, last) = (smallest.floor() as i32, largest.ceil() as i32);
        Some(Self { first, last: last.max(first + 1) })
    }

    fn length(&self, rate: f64) -> f64 {
        let whole = f64::from(self.last - self.first);
        // What is the smallest of all can still be seen.
        ((rate.log10() - f64::from(self.first)) / whole * LONGEST).max(2.0)
    }

    fn lines(&self, height: f64) -> String {
        let mut lines = String::new();
        for power in self.first..=self.last {
            let rate = 10_f64.powi(power);
            let x =
                LEFT + f64::from(power - self.first) / f64::from(self.last - self.first) * LONGEST;
            put(&mut lines, "tick", x, 34.0, "middle", &readable_tick(rate));
            let _ = writeln!(
                lines,
                "<line class=\"line\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{height}\"/>"
            );
        }
        put(
            &mut lines,
            "note",
            LEFT,
            14.0,
            "start",
            "a second; each line is ten times the one before",
        );
        lines
    }
}

fn readable_tick(rate: f64) -> String {
    readable(rate).trim_end_matches(".00").trim_end_matches(".0").to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::rounds::tests::run_of;
    use super::*;

    #[test]
    fn each_power_of_ten_is_as_long_as_the_next() {
        let scale = Scale::of(&[20.0, 60_000.0]).expect("there are rates");
        assert_eq!((scale.first, scale.last), (1, 5));
        assert!((scale.length(100.0) - LONGEST / 4.0).abs() < 1e-9);
        assert!((scale.length(100_000.0) - LONGEST).abs() < 1e-9);
    }

    #[test]
    fn what_was_measured_has_a_bar() {
        let all: [(&str, &[(&str, f64)]); 2] =
            [("carnet-login", &[("rate", 75.0)]), ("argon2", &[("rate", 80.0)])];
        let picture = drawn(&run_of(&all)).expect("there are rates");
        assert!(picture.contains("class=\"carnet\"") && picture.contains("class=\"limit\""));
        assert!(picture.contains("Sign-in with a password") && !picture.contains("PostgreSQL"));
    }

    #[test]
    fn where_nothing_was_measured_nothing_is_drawn() {
        assert_eq!(drawn(&run_of(&[("memory-few", &[("memory", 1.0)])])), None);
    }
}
