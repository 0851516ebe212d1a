//! Published vulnerabilities of what Carnet depends on, by RustSec's database.

use std::process::Command;
use std::time::Duration;

use super::all::Done;
use crate::environment::Environment;
use crate::problem::Outcome;
use crate::process::{Patience, run, within};

/// The database is a repository on GitHub, which not every machine reaches; a connection may also hang.
const PATIENCE: Patience =
    Patience { quiet: Duration::from_secs(60), total: Duration::from_secs(180) };

/// Fetches the database and then looks: so a database that cannot be had is told from a vulnerability that is in it.
pub(super) fn check(environment: &Environment) -> Outcome<Done> {
    let mut fetch = deny(environment, &["fetch", "db"]);
    // Crates for other systems are in the lock file too, and the look itself may fetch nothing.
    let mut prepare = environment.command("cargo");
    prepare.args(["fetch", "--locked"]);
    let mut look =
        deny(environment, &["--offline", "check", "--hide-inclusion-graph", "advisories"]);
    check_with(&mut fetch, [&mut prepare, &mut look], &PATIENCE)
}

fn check_with(fetch: &mut Command, look: [&mut Command; 2], patience: &Patience) -> Outcome<Done> {
    if !within(fetch, patience, || 0)? {
        return Ok(Done::Skipped("RustSec's database cannot be fetched here".to_owned()));
    }
    look.into_iter().try_for_each(run).map(|()| Done::Checked)
}

fn deny(environment: &Environment, arguments: &[&str]) -> Command {
    let mut command = environment.command("cargo");
    command.arg("deny").args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(fetch: &str, look: &str) -> Result<Done, String> {
        let shell = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        let patience =
            Patience { quiet: Duration::from_millis(500), total: Duration::from_secs(60) };
        check_with(&mut shell(fetch), [&mut shell("exit 0"), &mut shell(look)], &patience)
            .map_err(|problem| problem.to_string())
    }

    #[test]
    fn a_database_that_cannot_be_fetched_is_said_to_be_skipped() {
        for fetch in ["exit 1", "sleep 60"] {
            let outcome = outcome(fetch, "exit 0").expect("it is no failure");
            assert_eq!(
                outcome,
                Done::Skipped("RustSec's database cannot be fetched here".to_owned())
            );
        }
    }

    #[test]
    fn a_vulnerability_in_a_fetched_database_is_a_failure() {
        assert!(outcome("exit 0", "exit 1").is_err());
        assert_eq!(outcome("exit 0", "exit 0"), Ok(Done::Checked));
    }
}
