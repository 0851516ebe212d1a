//! The pages as Lighthouse sees them on a slow phone; `end2end` measures them.

use std::fs;

use super::place::{Place, text};
use crate::problem::{Outcome, Problem};
use crate::process::run;
use crate::project::root;
use crate::report::{Stopwatch, announce, complain};

/// What is told of a page, as `end2end` names it and as the document does.
pub(super) const COLUMNS: [(&str, &str); 6] = [
    ("score", "score of 100"),
    ("firstByte", "first byte"),
    ("firstPaint", "first paint"),
    ("largestPaint", "largest paint"),
    ("blocked", "blocked"),
    ("interactive", "interactive"),
];

/// A page and its figures, in the order of the columns.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub(super) path: String,
    pub(super) figures: [Option<f64>; COLUMNS.len()],
}

/// Measures them.
pub(super) fn measure(place: &Place) -> Outcome<Vec<Page>> {
    announce("Lighthouse on a slow phone, five times each page", "about 6 minutes");
    let time = Stopwatch::start();
    let file = place.folder("pages")?.join("pages.json");
    let mut npm = place.environment.command("npm");
    npm.args(["run", "--silent", "performance", "--", &text(&file)]);
    npm.current_dir(root().join("end2end")).env("CARNET_BINARY", &place.carnet);
    match &place.environment.browser {
        Some(browser) => npm.env("CARNET_CHROMIUM", browser),
        None => npm.env_remove("CARNET_CHROMIUM"),
    };
    if let Err(problem) = run(&mut npm) {
        // It fails where a page is slower than it should be, too, and that is what is to be told.
        complain(&problem.to_string());
    }
    time.done("Lighthouse");
    let pages = pages_in(&fs::read_to_string(&file).unwrap_or_default());
    if pages.is_empty() {
        return Err(Problem::new(
            "Lighthouse told nothing",
            "no page was measured",
            "its output is above",
        ));
    }
    Ok(pages)
}

/// Reads what was written with a member a line.
fn pages_in(json: &str) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    for line in json.lines() {
        let Some((name, value)) = line.trim().trim_end_matches(',').split_once(": ") else {
            continue;
        };
        let name = name.trim_matches('"');
        if value == "{" {
            pages.push(Page { path: name.to_owned(), figures: [None; COLUMNS.len()] });
        } else if let (Some(page), Some(place)) =
            (pages.last_mut(), COLUMNS.iter().position(|(column, _)| *column == name))
        {
            page.figures[place] = value.parse().ok();
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_their_figures_are_read() {
        let json = "{\n  \"/\": {\n    \"score\": 100,\n    \"firstByte\": 4,\n    \"blocked\": null\n  },\n  \
            \"/login\": {\n    \"score\": 99\n  }\n}\n";
        let pages = pages_in(json);
        let paths: Vec<&str> = pages.iter().map(|page| page.path.as_str()).collect();
        assert_eq!(paths, ["/", "/login"]);
        assert_eq!(pages[0].figures, [Some(100.0), Some(4.0), None, None, None, None]);
        assert_eq!(pages[1].figures[0], Some(99.0));
    }

    #[test]
    fn no_file_is_no_page() {
        assert_eq!(pages_in(""), []);
    }
}
