//! The sum of everything that ran.

use std::io::{IsTerminal, stderr};
use std::process::{Command, ExitCode};

use crate::counts::{Counts, Runner};
use crate::problem::{Outcome, Problem};
use crate::process::stream;
use crate::report::{Stopwatch, complain, say};

/// Counts tests, and steps that failed without saying how many tests did.
#[derive(Default)]
pub(crate) struct Tally {
    counts: Counts,
    skipped: Vec<String>,
}

impl Tally {
    /// Runs tests, shows their output as it comes and adds up what they report.
    pub(crate) fn tests(&mut self, name: &str, runner: Runner, command: &mut Command) {
        say(&format!("==> tests of {name}"));
        let time = Stopwatch::start();
        if stderr().is_terminal() {
            // Through a pipe the runners would otherwise take colours off.
            command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
        }
        let mut counts = Counts::default();
        let ended = stream(command, |line| runner.read(line, &mut counts));
        let succeeded = match ended {
            Ok(status) => status.success(),
            Err(problem) => {
                complain(&problem.to_string());
                false
            }
        };
        if !succeeded && counts.failed == 0 {
            // Nothing ran to its end, be it for a compiler's error or a crash.
            counts.failed = 1;
        }
        self.counts += counts;
        time.done(&format!("tests of {name}, {} passed, {} failed", counts.passed, counts.failed));
    }

    /// Counts a step that is no test runner's as one test.
    pub(crate) fn step(&mut self, outcome: Outcome<()>) {
        match outcome {
            Ok(()) => self.counts.passed += 1,
            Err(problem) => self.failure(&problem),
        }
    }

    /// Says why a step that is no test failed, and counts it as one failure.
    pub(crate) fn failure(&mut self, problem: &Problem) {
        complain(&problem.to_string());
        self.counts.failed += 1;
    }

    /// Notes what could not be checked here. It fails nothing, and is said once more at the end.
    pub(crate) fn skip(&mut self, what: String) {
        self.skipped.push(what);
    }

    /// Says what was skipped, then the closing line, which machines read, and gives the exit status that goes with it.
    pub(crate) fn close(self) -> ExitCode {
        for what in &self.skipped {
            say(&format!("skipped: {what}"));
        }
        let Counts { passed, failed } = self.counts;
        say(&format!("{passed} passed, {failed} failed"));
        if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printing(line: &str, status: u8) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("echo '{line}'; exit {status}")]);
        command
    }

    #[test]
    fn tests_of_several_runs_add_up() {
        let mut tally = Tally::default();
        let line = "test result: ok. 2 passed; 0 failed; 0 ignored";
        tally.tests("one", Runner::CargoTest, &mut printing(line, 0));
        tally.tests("two", Runner::CargoTest, &mut printing(line, 0));
        assert_eq!(tally.counts, Counts { passed: 4, failed: 0 });
    }

    #[test]
    fn a_run_that_fails_without_a_count_is_one_failure() {
        let mut tally = Tally::default();
        tally.tests("broken", Runner::Nextest, &mut printing("error: could not compile", 101));
        assert_eq!(tally.counts, Counts { passed: 0, failed: 1 });
    }

    #[test]
    fn a_step_that_failed_is_one_failure() {
        let mut tally = Tally::default();
        tally.failure(&Problem::new("what", "why", "how"));
        assert_eq!(tally.counts, Counts { passed: 0, failed: 1 });
    }
}
