//! The tables, in Markdown that is read as it is, too.

use super::machine;
use super::numbers::{megabytes, readable};
use super::pages::{COLUMNS, Page};
use super::place::Place;
use super::rounds::{Run, Series};
use super::targets::{Bound, Verdict, verdicts};

/// Before the figures of a noisy round.
const NOISY: &str = "≈";

/// What is compared, what came of it, and what must.
pub(super) fn of_verdicts(run: &Run) -> String {
    let row = |verdict: &Verdict| {
        let Verdict { target, value, range, met } = verdict;
        let must = match target.bound {
            Bound::AtLeast(least) => format!("at least {}", readable(least)),
            Bound::AtMost(most) => format!("at most {}", readable(most)),
            Bound::Free => "–".to_owned(),
        };
        let value = value.map_or_else(|| "not measured".to_owned(), readable);
        let range = range.map_or_else(String::new, |range| spread(range, readable));
        let met = match met {
            Some(true) => "met",
            Some(false) => "**not met**",
            None => "–",
        };
        vec![target.title.to_owned(), value, range, must, met.to_owned()]
    };
    let rows: Vec<_> = verdicts(run).iter().map(row).collect();
    table(&["", "measured", "rounds", "must reach", ""], &rows)
}

/// The median of each series, group by group.
pub(super) fn of_medians(run: &Run) -> String {
    let usual = run.usual_speed();
    let row = |series: &Series| {
        let title = series.measure.title.to_owned();
        if let Some(why) = series.failure() {
            return vec![
                title,
                format!("not measured: {}", why.replace('|', "/")),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
            ];
        }
        let memory = series.median("memory");
        let figure = if memory.is_some() { "memory" } else { "rate" };
        let shown = |value: f64| if memory.is_some() { megabytes(value) } else { readable(value) };
        let range = series.range(figure).map(|range| spread(range, shown));
        let time = |name| series.median(name).filter(|time| *time > 0.0).map(readable);
        let noisy = match series.noisy(usual) {
            0 => String::new(),
            noisy => format!("{NOISY} {noisy} of {}", series.samples.len()),
        };
        let cells =
            [series.median(figure).map(shown), range, time("p50"), time("p99"), Some(noisy)];
        let cells = cells.into_iter().map(Option::unwrap_or_default);
        std::iter::once(title).chain(cells).collect()
    };
    let mut groups: Vec<&str> = run.series.iter().map(|series| series.measure.group).collect();
    groups.dedup();
    let tables = groups.iter().map(|group| {
        let of_group = run.series.iter().filter(|series| series.measure.group == *group);
        let unit = if *group == "memory" { "memory" } else { "a second" };
        let heads = [*group, unit, "rounds", "p50, ms", "p99, ms", "noisy rounds"];
        table(&heads, &of_group.map(row).collect::<Vec<_>>())
    });
    tables.collect::<Vec<_>>().join("\n")
}

fn spread((low, high): (f64, f64), shown: impl Fn(f64) -> String) -> String {
    format!("{} to {}", shown(low), shown(high))
}

/// What those who came and went have left in memory; nothing where it was not measured.
pub(super) fn of_idle(run: &Run) -> String {
    let idle = run.of("memory-idle");
    let median = |name| idle?.median(name);
    let Some((sessions, each)) = median("sessions").zip(median("each")) else {
        return String::new();
    };
    format!(
        "The last {} who came and went left {} bytes each in the server's memory: that is what their requests took, \
         and what the allocator keeps of it.\n",
        readable(sessions),
        readable(each),
    )
}

/// Lighthouse's figures, in milliseconds but for the score.
pub(super) fn of_pages(pages: &[Page]) -> String {
    let figure =
        |figure: &Option<f64>| figure.map_or_else(|| "–".to_owned(), |it| format!("{it:.0}"));
    let row = |page: &Page| {
        let path = format!("`{}`", page.path);
        std::iter::once(path).chain(page.figures.iter().map(figure)).collect()
    };
    let heads: Vec<&str> = std::iter::once("page").chain(COLUMNS.map(|(_, title)| title)).collect();
    table(&heads, &pages.iter().map(row).collect::<Vec<_>>())
}

/// The machine and the versions.
pub(super) fn of_machine(place: &Place) -> String {
    let row = |(name, value): (&str, String)| vec![name.to_owned(), value];
    let rows: Vec<_> = machine::described(place).into_iter().map(row).collect();
    table(&["", ""], &rows)
}

/// Every sample as it was told, in the order of the rounds.
pub(super) fn of_raw(run: &Run) -> String {
    let usual = run.usual_speed();
    let mut text = String::new();
    for series in &run.series {
        text += &format!("{}\n", series.measure.name);
        for (round, sample) in series.samples.iter().enumerate() {
            let told = match &sample.measured {
                Ok(figures) => figures.to_string(),
                Err(why) => format!("not measured: {why}"),
            };
            let speed = sample.speed / usual;
            text += &format!("  {}: processor {speed:.2} {told}\n", round + 1);
        }
    }
    text
}

/// Rows under heads. The first column is text, the others are numbers or short.
fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rule: String =
        (0..heads.len()).map(|column| if column == 0 { "|---" } else { "|--:" }).collect();
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{rule}|\n{rows}", line(&heads))
}

#[cfg(test)]
mod tests {
    use super::super::rounds::tests::run_of;
    use super::*;

    #[test]
    fn the_verdict_stands_beside_what_must_be_reached() {
        let run = run_of(&[
            ("carnet-login", &[("rate", 60.0)]),
            ("argon2", &[("rate", 80.0)]),
            ("simplejwt-login", &[("rate", 50.0)]),
        ]);
        let table = of_verdicts(&run);
        assert!(table.contains(
            "| login ÷ bare Argon2id on all cores | 0.75 | 0.75 to 0.75 | at least 0.90 | **not met** |"
        ));
        assert!(table.contains(
            "| login ÷ simplejwt at the same Argon2 cost | 1.20 | 1.20 to 1.20 | at least 1.00 | met |"
        ));
        assert!(table.contains("| login ÷ better-auth | not measured |  | – | – |"));
    }

    #[test]
    fn a_series_is_told_with_its_range_and_times() {
        let run = run_of(&[("carnet-login", &[("rate", 60.0), ("p50", 100.0), ("p99", 250.0)])]);
        let table = of_medians(&run);
        assert!(
            table.contains("| Carnet, SQLite | 60.0 | 60.0 to 60.0 | 100 | 250 |  |"),
            "{table}"
        );
    }

    #[test]
    fn memory_is_no_rate() {
        let run = run_of(&[("memory-few", &[("memory", 30e6)])]);
        assert!(of_medians(&run).contains("| 30.0 MB | 30.0 MB to 30.0 MB |"));
    }

    #[test]
    fn raw_figures_say_how_fast_the_processor_was() {
        let run = run_of(&[("argon2", &[("rate", 80.0)])]);
        assert_eq!(of_raw(&run), "argon2\n  1: processor 1.00 rate 80\n");
    }
}
