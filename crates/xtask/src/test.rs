//! Everything that CI runs, summed up in one closing line.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::counts::Runner;
use crate::environment::Environment;
use crate::postgres::{Commits, Postgres};
use crate::problem::Outcome;
use crate::project::root;
use crate::report::Stopwatch;
use crate::tally::Tally;
use crate::{check, e2e, interop, rehearsal, setup, site};

/// A package and the features to test it with.
struct Package {
    folder: &'static str,
    name: &'static str,
    features: &'static str,
    targets: Targets,
    /// Thousands of histories take minutes without, and the browser tests want the release anyway.
    optimised: bool,
}

/// What of a package is tested.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Targets {
    All,
    /// What the features change: the library and the API. Programs and benches are tested with the others.
    LibraryAndApi,
}

/// One by one: together, the features for the server and those for the browser would meet in one build.
const PACKAGES: [Package; 10] = [
    Package::whole("shared", "carnet-shared", ""),
    Package::whole("client", "carnet-client", ""),
    Package::whole("verify", "carnet-verify", "axum"),
    Package::whole("leptos", "carnet-leptos", "ssr"),
    Package::whole("app", "carnet-app", "ssr"),
    Package::whole("server", "carnet-server", "ssr,jemalloc,testing"),
    Package {
        targets: Targets::LibraryAndApi,
        ..Package::whole("server", "carnet-server", "testing")
    },
    Package { optimised: true, ..Package::whole("simulator", "carnet-simulator", "") },
    Package::whole("load", "carnet-load", ""),
    Package::whole("xtask", "xtask", ""),
];

/// Sets up and runs all. What fails does not keep the rest from running.
pub(crate) fn command() -> Outcome<ExitCode> {
    let whole = Stopwatch::start();
    let mut tally = Tally::default();
    match setup::everything() {
        Ok(environment) => run_all(&environment, &mut tally),
        Err(problem) => tally.failure(&problem),
    }
    whole.done("everything");
    Ok(tally.close())
}

fn run_all(environment: &Environment, tally: &mut Tally) {
    let mut skipped = Vec::new();
    tally.step(check::run(environment, &mut skipped));
    skipped.into_iter().for_each(|what| tally.skip(what));
    match Postgres::start(environment, Commits::Forgettable) {
        Ok(postgres) => {
            for package in &PACKAGES {
                package.test(environment, &postgres, tally);
            }
        }
        Err(problem) => tally.failure(&problem),
    }
    match site::build(environment) {
        Ok(binary) => {
            tally.step(rehearsal::run(environment));
            interop::run(environment, &binary, tally);
            e2e::run(environment, &binary, &[], tally);
        }
        Err(problem) => tally.failure(&problem),
    }
}

impl Package {
    const fn whole(folder: &'static str, name: &'static str, features: &'static str) -> Self {
        Self { folder, name, features, targets: Targets::All, optimised: false }
    }

    fn test(&self, environment: &Environment, postgres: &Postgres, tally: &mut Tally) {
        let with_nextest = environment.find("cargo-nextest").is_some();
        let (runner, arguments): (Runner, &[&str]) = if with_nextest {
            (Runner::Nextest, &["nextest", "run", "--no-fail-fast", "--no-tests=pass"])
        } else {
            (Runner::CargoTest, &["test", "--no-fail-fast"])
        };
        let mut command = self.cargo(environment, postgres, arguments);
        command.args(match (self.targets, with_nextest) {
            (Targets::LibraryAndApi, _) => &["--lib", "--test", "api"][..],
            (Targets::All, false) => &["--all-targets"],
            (Targets::All, true) => &[],
        });
        tally.tests(&self.title(), runner, &mut command);
        if self.targets == Targets::All
            && has_examples(&root().join("crates").join(self.folder).join("src"))
        {
            let mut command = self.cargo(environment, postgres, &["test", "--doc"]);
            tally.tests(&format!("{}'s examples", self.name), Runner::CargoTest, &mut command);
        }
    }

    fn title(&self) -> String {
        match self.targets {
            Targets::All => self.name.to_owned(),
            Targets::LibraryAndApi => format!("{} without pages", self.name),
        }
    }

    fn cargo(&self, environment: &Environment, postgres: &Postgres, arguments: &[&str]) -> Command {
        let mut command = environment.command("cargo");
        command.args(arguments).args(["--package", self.name, "--features", self.features]);
        if self.optimised {
            command.arg("--release");
        }
        command.env("CARNET_TEST_POSTGRES_URL", postgres.url());
        command
    }
}

/// Whether doc comments hold code to test: compiling a package only to find none takes its time.
fn has_examples(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| {
        if path.is_dir() {
            return has_examples(&path);
        }
        fs::read_to_string(&path).is_ok_and(|text| text.lines().any(opens_an_example))
    })
}

fn opens_an_example(line: &str) -> bool {
    let line = line.trim_start();
    let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
    text.is_some_and(|text| text.trim_start().starts_with("```"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fences_in_doc_comments_open_examples() {
        assert!(opens_an_example("    /// ```"));
        assert!(opens_an_example("//! ```no_run"));
        assert!(!opens_an_example("// ```"));
        assert!(!opens_an_example("let fence = \"```\";"));
    }

    #[test]
    fn every_crate_but_the_browsers_entry_is_tested() {
        let mut folders: Vec<String> = fs::read_dir(root().join("crates"))
            .expect("the clone has crates")
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .filter(|folder| folder != "frontend")
            .collect();
        let mut tested: Vec<&str> = PACKAGES.iter().map(|package| package.folder).collect();
        folders.sort();
        tested.sort_unstable();
        tested.dedup();
        assert_eq!(folders, tested);
    }
}
