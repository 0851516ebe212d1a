//! What must hold however often it is tried, tried as often as is promised.

use std::process::ExitCode;

use crate::counts::Runner;
use crate::postgres::{Commits, Postgres};
use crate::problem::Outcome;
use crate::report::announce;
use crate::setup;
use crate::tally::Tally;

/// The tests that read `CARNET_FULL`, by the beginnings of their names.
const TESTS: [&str; 6] = [
    "endurance::",
    "forged_tokens::",
    "crash::",
    "full_disk::",
    "pauses::",
    "tokens::refresh_token::tests::",
];

/// Sets up and runs them one after the other, so that their figures are not each other's. What
/// follows the command goes to cargo, such as `--release`.
pub(crate) fn command(arguments: &[String]) -> Outcome<ExitCode> {
    let environment = setup::for_the_server()?;
    let postgres = Postgres::start(&environment, Commits::Forgettable)?;
    announce("the server's endurance", "half an hour on two cores");
    let mut tests = environment.command("cargo");
    tests
        .args(["test", "--no-fail-fast"])
        .args(["--package", "carnet-server", "--features", "ssr,jemalloc"])
        .args(["--lib", "--test", "api", "--test", "process"])
        .args(arguments)
        .args(["--", "--nocapture", "--test-threads=1"])
        .args(TESTS)
        .env("CARNET_TEST_POSTGRES_URL", postgres.url())
        .env("CARNET_FULL", "1");
    let mut tally = Tally::default();
    tally.tests("the server's endurance", Runner::CargoTest, &mut tests);
    Ok(tally.close())
}
