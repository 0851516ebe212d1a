//! On what it was measured: the machine, and the versions of everything.

use std::process::Command;
use std::{fs, thread};

use super::carnet;
use super::place::Place;
use crate::process::answer_of;
use crate::project::{locked_version, read, root};

/// Names and what there is of each.
pub(super) fn described(place: &Place) -> Vec<(&'static str, String)> {
    let known = hardware(place).into_iter().chain(versions(place));
    let known = known.filter_map(|(name, value)| Some((name, value?)));
    let packages = [("Python's packages", python_packages()), ("Node's packages", node_packages())];
    known.chain(packages).collect()
}

/// A name and what there is, if it can be found out.
type Fact = (&'static str, Option<String>);

fn hardware(place: &Place) -> [Fact; 5] {
    let cores = thread::available_parallelism().map(|cores| cores.to_string());
    [
        ("processor", processor()),
        ("cores", cores.ok()),
        ("memory", memory()),
        ("kernel", first_line(place.environment.command("uname").arg("-srm"))),
        ("file system of the databases", place.kind_of_disk()),
    ]
}

fn versions(place: &Place) -> [Fact; 8] {
    let environment = &place.environment;
    let ask = |program: &str, arguments: &[&str]| {
        first_line(environment.command(program).args(arguments))
    };
    let postgres = environment.postgres.as_ref().map(|folder| folder.join("postgres"));
    let postgres = postgres.and_then(|it| first_line(environment.command(it).arg("--version")));
    let python = |arguments: &[&str]| {
        let python = place.django.as_ref().ok()?;
        first_line(environment.command(python).args(arguments))
    };
    let sqlite = locked_version("libsqlite3-sys").ok();
    [
        ("Carnet", carnet::version(place)),
        ("the clone's commit", commit(place)),
        ("rustc", ask("rustc", &["--version"])),
        ("PostgreSQL", postgres),
        ("SQLite in Carnet", sqlite.map(|version| format!("of libsqlite3-sys {version}"))),
        ("Python", python(&["--version"])),
        ("SQLite in Python", python(&["-c", "import sqlite3; print(sqlite3.sqlite_version)"])),
        ("Node", ask("node", &["--version"])),
    ]
}

fn first_line(command: &mut Command) -> Option<String> {
    answer_of(command)?.lines().next().map(|line| line.trim().to_owned())
}

fn commit(place: &Place) -> Option<String> {
    let mut log = place.environment.command("git");
    let commit = first_line(log.args(["log", "-1", "--format=%h, %cs"]))?;
    // What was built elsewhere need not be of this commit.
    let named = if place.is_named { "; the program was named, not built from it" } else { "" };
    Some(format!("{commit}{}{named}", changed(place)))
}

/// Whoever wants to repeat it must know that the commit alone will not do.
fn changed(place: &Place) -> &'static str {
    let mut status = place.environment.command("git");
    status.args(["status", "--porcelain", "--untracked-files=no"]);
    let is_clean = answer_of(&mut status).is_some_and(|changes| changes.is_empty());
    if is_clean { "" } else { ", with changes" }
}

fn processor() -> Option<String> {
    let described = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = described.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn memory() -> Option<String> {
    let described = fs::read_to_string("/proc/meminfo").ok()?;
    let kibibytes: f64 = described.lines().next()?.split_whitespace().nth(1)?.parse().ok()?;
    Some(format!("{:.0} GB", kibibytes * 1024.0 / 1e9))
}

fn python_packages() -> String {
    let requirements = read("bench/django/requirements.txt").unwrap_or_default();
    let packages = requirements.lines().filter_map(|line| line.split_once("=="));
    listed(packages.map(|(name, version)| (name.split('[').next().unwrap_or(name), version)))
}

fn node_packages() -> String {
    let package = fs::read_to_string(root().join("bench/better-auth/package.json"));
    let package = package.unwrap_or_default();
    let (_, dependencies) = package.split_once("\"dependencies\"").unwrap_or_default();
    let pairs = dependencies.lines().filter_map(|line| line.split_once("\": \""));
    let plain = |text: &'static str| move |part: char| text.contains(part);
    listed(pairs.map(|(name, version)| {
        (name.trim_matches(plain(" \"")), version.trim_matches(plain("\",")))
    }))
}

fn listed<'a>(packages: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let all: Vec<String> = packages.map(|(name, version)| format!("{name} {version}")).collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_of_the_peers_are_those_that_are_installed() {
        assert!(python_packages().contains("djangorestframework-simplejwt 5."));
        assert!(python_packages().contains("gunicorn "));
        assert!(node_packages().starts_with("better-auth 1."));
    }
}
