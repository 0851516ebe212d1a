//! Holds docs/security.md to the source: what it names exists.

use crate::project::{read, root};

/// The table's rows: a number, what must hold, and what shows it.
fn rows(text: &str) -> Vec<[&str; 3]> {
    let is_numbered = |row: &[&str; 3]| row[0].parse::<usize>().is_ok();
    text.lines().filter_map(cells).filter(is_numbered).collect()
}

fn cells(line: &str) -> Option<[&str; 3]> {
    let inside = line.strip_prefix("| ")?.strip_suffix(" |")?;
    inside.split(" | ").collect::<Vec<_>>().try_into().ok()
}

/// What stands between backticks and looks like a test: a file and a function.
fn named(cell: &str) -> impl Iterator<Item = (&str, &str)> {
    cell.split('`').skip(1).step_by(2).filter_map(|name| name.split_once("::"))
}

#[test]
fn each_row_names_tests_that_exist_or_gives_a_reason() {
    let table = read("docs/security.md").expect("the table is there");
    let rows = rows(&table);
    let numbers: Vec<usize> = rows.iter().filter_map(|row| row[0].parse().ok()).collect();
    assert_eq!(numbers, (1..=43).collect::<Vec<_>>());
    for [number, _, shown] in rows {
        let names: Vec<(&str, &str)> = named(shown).collect();
        assert!(!names.is_empty() || shown.contains("Not "), "row {number} names no test");
        for (file, function) in names {
            let path = root().join("crates").join(file);
            let source = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                source.contains(&format!("fn {function}(")),
                "row {number}: there is no {function} in {file}"
            );
        }
    }
}

/// The rows below the heading of the faults, which have a name in the place of a number.
fn faults(text: &str) -> Vec<[&str; 3]> {
    let below = text.split_once("## Faults that were found").map_or("", |(_, below)| below);
    let rows = below.lines().filter_map(cells);
    rows.filter(|row| row[0] != "item").collect()
}

#[test]
fn each_fault_that_was_found_names_tests_that_exist() {
    let table = read("docs/security.md").expect("the table is there");
    let faults = faults(&table);
    assert!(!faults.is_empty());
    for [item, _, shown] in faults {
        let quoted: Vec<&str> = shown.split('`').skip(1).step_by(2).collect();
        let tests: Vec<&&str> =
            quoted.iter().filter(|it| it.contains("::") || it.ends_with(".spec.ts")).collect();
        assert!(!tests.is_empty() || shown.contains("Not "), "{item} names no test");
        for test in tests {
            let (file, function) = test.split_once("::").unwrap_or((test, ""));
            let folder = if file.starts_with("end2end/") { "" } else { "crates" };
            let source =
                std::fs::read_to_string(root().join(folder).join(file)).unwrap_or_default();
            let is_there = source.contains(&format!("fn {function}("));
            assert!(!source.is_empty(), "{item}: there is no {file}");
            assert!(function.is_empty() || is_there, "{item}: there is no {function} in {file}");
        }
    }
}

#[test]
fn a_fault_is_read_with_its_names() {
    let text = "| 1 | a | `b.rs::c` |\n## Faults that were found\n\n| item | what | by |\n|---|---|---|\n| Slow | it holds | `d.rs::e` |\n";
    assert_eq!(faults(text), [["Slow", "it holds", "`d.rs::e`"]]);
}

#[test]
fn a_row_is_read_with_its_names() {
    let text =
        "| # | what | shown by |\n|---|---|---|\n| 7 | it holds | `a/b.rs::c`, `x`, `d.rs::e` |\n";
    let rows = rows(text);
    assert_eq!(rows.len(), 1);
    assert_eq!(named(rows[0][2]).collect::<Vec<_>>(), [("a/b.rs", "c"), ("d.rs", "e")]);
}
