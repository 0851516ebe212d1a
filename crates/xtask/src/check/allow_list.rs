//! Everybody who opens a page downloads what the browser's code depends on: nothing gets in unnoticed.

use std::collections::BTreeSet;
use std::fs;

use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::process::text_of;
use crate::project::{read, root};
use crate::report::say;

const LIST: &str = "crates/xtask/wasm-allow-list.txt";
const HEAD: &str = "\
# Crates that may be part of the browser's code. `cargo xtask check` fails for any other one.
# Look at what a new one brings and weighs, then `cargo xtask check --update-allow-list`.
";

/// Compares what is there with what may be there.
pub(crate) fn check(environment: &Environment) -> Outcome<()> {
    let allowed = names_listed(&read(LIST)?);
    let present = dependencies(environment)?;
    let gone: Vec<&str> = allowed.difference(&present).map(String::as_str).collect();
    if !gone.is_empty() {
        say(&format!("    no longer needed in {LIST}: {}", gone.join(", ")));
    }
    let new: Vec<&str> = present.difference(&allowed).map(String::as_str).collect();
    if new.is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        format!("the browser's code depends on {}", new.join(", ")),
        format!("not in {LIST}"),
        "see who needs it with `cargo tree --package carnet-frontend --target wasm32-unknown-unknown --invert NAME`, \
         then drop it or run `cargo xtask check --update-allow-list`",
    ))
}

/// Writes the list anew.
pub(crate) fn update(environment: &Environment) -> Outcome<()> {
    let names: Vec<String> = dependencies(environment)?.into_iter().collect();
    fs::write(root().join(LIST), format!("{HEAD}{}\n", names.join("\n"))).map_err(|error| {
        Problem::new(format!("cannot write {LIST}"), error.to_string(), "may you write there?")
    })?;
    say(&format!("{LIST}: {} crates", names.len()));
    Ok(())
}

fn dependencies(environment: &Environment) -> Outcome<BTreeSet<String>> {
    let mut tree = environment.command("cargo");
    tree.args(["tree", "--package", "carnet-frontend", "--target", "wasm32-unknown-unknown"]);
    tree.args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]);
    Ok(names_in_tree(&text_of(&mut tree)?))
}

fn names_in_tree(tree: &str) -> BTreeSet<String> {
    tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn names_listed(list: &str) -> BTreeSet<String> {
    let names = list.lines().map(str::trim);
    names.filter(|name| !name.is_empty() && !name.starts_with('#')).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_named_once_whatever_its_versions() {
        let tree = "\
carnet-frontend v0.1.0 (/clone/crates/frontend)
serde v1.0.228
hashbrown v0.15.0
hashbrown v0.16.1
serde v1.0.228 (*)
";
        let names: Vec<String> = names_in_tree(tree).into_iter().collect();
        assert_eq!(names, ["carnet-frontend", "hashbrown", "serde"]);
    }

    #[test]
    fn comments_in_the_list_are_no_names() {
        assert_eq!(names_listed("# why\n\nserde\n"), BTreeSet::from(["serde".to_owned()]));
    }
}
