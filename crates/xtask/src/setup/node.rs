//! Node, and the packages of the tests that run on it.

use std::fs;

use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::process::{answer_of, run};
use crate::project::{read, root};
use crate::report::announce;

const OLDEST: u32 = 20;

/// Finds Node and npm; xtask cannot bring them.
pub(crate) fn check(environment: &Environment) -> Outcome<()> {
    let version = answer_of(environment.command("node").arg("--version"));
    let recent = version.as_deref().and_then(major).is_some_and(|major| major >= OLDEST);
    if recent && environment.find("npm").is_some() {
        return Ok(());
    }
    let found = match &version {
        None => "no Node on PATH".into(),
        Some(version) if recent => format!("Node {} without npm", version.trim()),
        Some(version) => format!("Node {} is too old", version.trim()),
    };
    Err(Problem::new(
        found,
        "the browser tests, JavaScript's verifiers and better-auth run on it",
        format!("install Node {OLDEST} or later with npm"),
    ))
}

/// Installs the packages that a folder's `package-lock.json` names, unless it has not changed since.
pub(crate) fn provide_packages(environment: &Environment, folder: &str) -> Outcome<()> {
    let lock = read(format!("{folder}/package-lock.json"))?;
    let announced = format!("npm ci in {folder}/");
    let folder = root().join(folder);
    let stamp = folder.join("node_modules/.carnet-installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    announce(&announced, "a few seconds");
    let mut install = environment.command("npm");
    install.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder);
    run(&mut install)?;
    // Without the stamp they are only installed once more.
    let _ = fs::write(stamp, lock);
    Ok(())
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_version_begins_with_a_v() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("something else"), None);
    }
}
