//! The table of `docs/simplejwt.md` and the comments of these tests say the same.

use std::collections::BTreeMap;

const PAGE: &str = include_str!("../../../../../docs/simplejwt.md");

const TESTS: [&str; 8] = [
    include_str!("blacklist.rs"),
    include_str!("bodies.rs"),
    include_str!("modes.rs"),
    include_str!("obtain.rs"),
    include_str!("protected.rs"),
    include_str!("refresh.rs"),
    include_str!("store.rs"),
    include_str!("verify.rs"),
];

const MARKS: [&str; 4] = ["same", "better", "different", "does not apply"];

#[track_caller]
fn mark(text: &str) -> &'static str {
    let found = MARKS.into_iter().find(|mark| text.trim_start().starts_with(mark));
    found.unwrap_or_else(|| panic!("no mark: {text}"))
}

/// `25–29`, `30, 31` and `7` alike.
fn numbers(text: &str) -> Vec<u32> {
    let number = |text: &str| text.trim().parse::<u32>().unwrap();
    text.split(',')
        .flat_map(|part| match part.split_once('–') {
            Some((first, last)) => number(first)..=number(last),
            None => number(part)..=number(part),
        })
        .collect()
}

#[track_caller]
fn add(rows: &mut BTreeMap<u32, &'static str>, row: u32, mark: &'static str) {
    assert_eq!(rows.insert(row, mark), None, "row {row} stands there twice");
}

#[test]
fn every_row_stands_in_the_page_once_and_in_one_test_with_the_same_mark() {
    let (mut in_page, mut in_tests) = (BTreeMap::new(), BTreeMap::new());
    for line in PAGE.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let ["", row, text, _, ""] = cells[..]
            && let Ok(row) = row.parse()
        {
            add(&mut in_page, row, mark(text));
        }
    }
    for line in TESTS.iter().flat_map(|test| test.lines()) {
        let Some(rows) = line.strip_prefix("/// Row") else { continue };
        let (rows, text) = rows.trim_start_matches('s').split_once(':').unwrap();
        for row in numbers(rows) {
            add(&mut in_tests, row, mark(text));
        }
    }
    assert_eq!(in_page.keys().copied().collect::<Vec<u32>>(), (1..=102).collect::<Vec<u32>>());
    assert_eq!(in_page, in_tests);
}
