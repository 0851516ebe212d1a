//! The example of a Leptos app shows how few lines Carnet takes.

#![expect(clippy::unwrap_used, reason = "a test says that it failed by panicking")]

use std::fs;
use std::path::Path;

/// How many lines of a file of the example name Carnet.
fn lines_naming_carnet(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/leptos_app").join(file);
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| line.to_lowercase().contains("carnet"));
    lines.map(str::to_owned).collect()
}

#[test]
fn carnet_takes_ten_lines_of_a_server() {
    let lines = lines_naming_carnet("server/src/main.rs");
    assert!((1..=10).contains(&lines.len()), "{lines:#?}");
}

#[test]
fn carnet_takes_five_lines_of_an_apps_root() {
    let lines = lines_naming_carnet("app/src/app.rs");
    assert!((1..=5).contains(&lines.len()), "{lines:#?}");
}
