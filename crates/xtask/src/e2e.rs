//! The browser tests: Playwright against the release.

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::counts::Runner;
use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::project::root;
use crate::report::announce;
use crate::tally::Tally;
use crate::{setup, site};

/// Sets up, builds and runs the browser tests; what follows goes to Playwright.
pub(crate) fn command(arguments: &[String]) -> Outcome<ExitCode> {
    require_tests()?;
    let environment = setup::everything()?;
    let binary = site::build(&environment)?;
    let mut tally = Tally::default();
    run(&environment, &binary, arguments, &mut tally);
    Ok(tally.close())
}

/// Runs the browser tests against a program that is already built.
pub(crate) fn run(
    environment: &Environment,
    binary: &Path,
    arguments: &[String],
    tally: &mut Tally,
) {
    tally.step(site::build_examples(environment));
    announce("browser tests", "about 4 minutes");
    let mut playwright = playwright(environment, binary);
    if !arguments.iter().any(|argument| argument.starts_with("--reporter")) {
        // Its closing lines are the ones that are counted.
        playwright.arg("--reporter=list");
    }
    tally.tests("the pages in a browser", Runner::Playwright, playwright.args(arguments));
}

fn playwright(environment: &Environment, binary: &Path) -> Command {
    let mut command = environment.command("npx");
    command.args(["playwright", "test"]).current_dir(root().join("end2end"));
    command.env("CARNET_BINARY", binary);
    match &environment.browser {
        Some(browser) => command.env("CARNET_CHROMIUM", browser),
        None => command.env_remove("CARNET_CHROMIUM"),
    };
    command
}

fn require_tests() -> Outcome<()> {
    if root().join("end2end/package.json").is_file() {
        return Ok(());
    }
    Err(Problem::new(
        "there is no end2end/package.json",
        "the browser tests live beside it",
        "is this a whole clone?",
    ))
}
