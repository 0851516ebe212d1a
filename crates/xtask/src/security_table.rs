//! Holds docs/security.md to the source: what it names exists.

use crate::project::{read, root};

/// The table's rows: a number, what must hold, and what shows it.
fn rows(text: &str) -> Vec<[&str; 3]> {
    let cells = |line| -> Option<[&str; 3]> {
        let line: &str = line;
        let inside = line.strip_prefix("| ")?.strip_suffix(" |")?;
        inside.split(" | ").collect::<Vec<_>>().try_into().ok()
    };
    let is_numbered = |row: &[&str; 3]| row[0].parse::<usize>().is_ok();
    text.lines().filter_map(cells).filter(is_numbered).collect()
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

#[test]
fn a_row_is_read_with_its_names() {
    let text =
        "| # | what | shown by |\n|---|---|---|\n| 7 | it holds | `a/b.rs::c`, `x`, `d.rs::e` |\n";
    let rows = rows(text);
    assert_eq!(rows.len(), 1);
    assert_eq!(named(rows[0][2]).collect::<Vec<_>>(), [("a/b.rs", "c"), ("d.rs", "e")]);
}
