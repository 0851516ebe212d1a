//! `docs/benchmarks.md` and its picture.

use std::fs;

use super::options::Options;
use super::pages::Page;
use super::place::Place;
use super::rounds::Run;
use super::{plot, tables};
use crate::problem::{Outcome, Problem};
use crate::project::root;
use crate::report::say;

const FILE: &str = "docs/benchmarks.md";
const PICTURE: &str = "docs/benchmarks.svg";

/// The text around the figures, in which `{name}` stands for what was measured.
const TEXT: &str = include_str!("document.md");

/// Writes both.
pub(super) fn write(
    place: &Place,
    options: &Options,
    run: &Run,
    pages: &Result<Vec<Page>, String>,
) -> Outcome<()> {
    put(FILE, &filled(&parts(place, options, run, pages)))?;
    if let Some(picture) = plot::drawn(run) {
        put(PICTURE, &picture)?;
    }
    say(&format!("{FILE} and {PICTURE} are written"));
    Ok(())
}

fn parts(
    place: &Place,
    options: &Options,
    run: &Run,
    pages: &Result<Vec<Page>, String>,
) -> [(&'static str, String); 8] {
    let pages = match pages {
        Ok(pages) => tables::of_pages(pages),
        Err(why) => format!("Not measured: {why}.\n"),
    };
    [
        ("rounds", options.rounds.to_string()),
        ("seconds", options.seconds.to_string()),
        ("verdicts", tables::of_verdicts(run)),
        ("medians", tables::of_medians(run)),
        ("memory", tables::of_idle(run)),
        ("pages", pages),
        ("machine", tables::of_machine(place)),
        ("raw", tables::of_raw(run)),
    ]
}

fn filled(parts: &[(&str, String)]) -> String {
    let fill = |text: String, (name, value): &(&str, String)| {
        text.replace(&format!("{{{name}}}"), value.trim_end())
    };
    parts.iter().fold(TEXT.to_owned(), fill)
}

fn put(path: &str, text: &str) -> Outcome<()> {
    fs::write(root().join(path), text).map_err(|error| {
        Problem::new(format!("cannot write {path}"), error.to_string(), "may you write there?")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_to_be_filled_in() {
        let names =
            ["rounds", "seconds", "verdicts", "medians", "memory", "pages", "machine", "raw"];
        let text = filled(&names.map(|name| (name, format!("<{name}>\n"))));
        for name in names {
            assert!(text.contains(&format!("<{name}>")), "{name}");
        }
        assert!(!text.contains('{') && !text.contains('}'));
    }
}
