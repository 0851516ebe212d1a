//! How many tests passed and failed, read from what the test runners print.

use std::ops::AddAssign;

/// Tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// A program whose summary can be read.
#[derive(Clone, Copy)]
pub(crate) enum Runner {
    CargoTest,
    Nextest,
    Playwright,
    NodeTest,
    Unittest,
}

impl Runner {
    /// Takes in one line of the runner's output.
    pub(crate) fn read(self, line: &str, counts: &mut Counts) {
        let line = without_colours(line);
        match self {
            Self::CargoTest => read_cargo_test(&line, counts),
            Self::Nextest => read_nextest(&line, counts),
            Self::Playwright => read_playwright(&line, counts),
            Self::NodeTest => read_node_test(&line, counts),
            Self::Unittest => read_unittest(&line, counts),
        }
    }
}

/// One summary per test binary: they add up.
fn read_cargo_test(line: &str, counts: &mut Counts) {
    let Some(summary) = line.strip_prefix("test result: ") else { return };
    let summary = summary.split_once(". ").map_or(summary, |(_, parts)| parts);
    for (number, word) in summary.split(';').filter_map(number_and_words) {
        match word {
            "passed" => counts.passed += number,
            "failed" => counts.failed += number,
            _ => {}
        }
    }
}

/// One summary at the end of the run.
fn read_nextest(line: &str, counts: &mut Counts) {
    let Some(summary) = line.trim_start().strip_prefix("Summary [") else { return };
    let Some((_, parts)) = summary.split_once(" run: ").filter(|(start, _)| start.contains("] "))
    else {
        return;
    };
    *counts = Counts::default();
    for (number, words) in without_parentheses(parts).split(',').filter_map(number_and_words) {
        match words {
            "passed" => counts.passed += number,
            "failed" | "timed out" | "exec failed" => counts.failed += number,
            _ => {}
        }
    }
}

/// At the end of the run one line per outcome, alone on its line. A test that passed only when tried again is flaky:
/// Playwright lets it pass, and so do we.
fn read_playwright(line: &str, counts: &mut Counts) {
    let line = without_parentheses(line);
    if !line.starts_with("  ") {
        return;
    }
    match number_and_words(&line) {
        Some((number, "passed")) => counts.passed += number,
        Some((number, "flaky")) => counts.passed += number,
        Some((number, "failed" | "interrupted")) => counts.failed += number,
        _ => {}
    }
}

/// At the end of the run one line per outcome, whether it has tests or not.
fn read_node_test(line: &str, counts: &mut Counts) {
    let Some((outcome, number)) = line.strip_prefix("ℹ ").and_then(|rest| rest.split_once(' '))
    else {
        return;
    };
    let Ok(number) = number.parse::<u64>() else { return };
    match outcome {
        "pass" => counts.passed += number,
        "fail" | "cancelled" => counts.failed += number,
        _ => {}
    }
}

/// At the end of the run how many tests there were, and then how many of them came to what. What failed
/// before the tests of a class could begin is not among those that ran.
fn read_unittest(line: &str, counts: &mut Counts) {
    if let Some((number, words)) = line.strip_prefix("Ran ").and_then(number_and_words) {
        if words.starts_with("test") {
            *counts = Counts { passed: number, failed: 0 };
        }
        return;
    }
    let outcomes = ["FAILED (", "OK ("].iter().find_map(|start| line.strip_prefix(start));
    for (outcome, number) in outcomes.into_iter().flat_map(|list| list.split(", ")).filter_map(pair)
    {
        match outcome {
            "failures" | "errors" | "unexpected successes" => counts.failed += number,
            "skipped" => {}
            _ => continue,
        }
        counts.passed = counts.passed.saturating_sub(number);
    }
}

fn pair(part: &str) -> Option<(&str, u64)> {
    let (name, number) = part.trim_end_matches(')').split_once('=')?;
    Some((name, number.parse().ok()?))
}

fn number_and_words(part: &str) -> Option<(u64, &str)> {
    let (number, words) = part.trim().split_once(' ')?;
    Some((number.parse().ok()?, words.trim()))
}

fn without_parentheses(text: &str) -> String {
    let mut depth = 0;
    text.chars()
        .filter(|character| {
            let inside = depth > 0 || *character == '(';
            depth += i32::from(*character == '(');
            depth -= i32::from(*character == ')');
            !inside
        })
        .collect()
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.trim_start_matches(|character: char| !character.is_ascii_alphabetic());
        rest = rest.get(1..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(runner: Runner, output: &str) -> (u64, u64) {
        let mut counts = Counts::default();
        output.lines().for_each(|line| runner.read(line, &mut counts));
        (counts.passed, counts.failed)
    }

    #[test]
    fn cargo_test_adds_up_its_binaries() {
        let output = "\
running 2 tests
test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s";
        assert_eq!(counted(Runner::CargoTest, output), (12, 2));
    }

    #[test]
    fn nextest_counts_its_last_summary() {
        let output = "\
        PASS [   0.004s] xtask counts::tests::one
     Summary [   0.012s] 12 tests run: 9 passed (1 slow, 2 flaky), 1 failed, 1 timed out, 1 exec failed, 3 skipped
        FAIL [   0.004s] xtask counts::tests::two";
        assert_eq!(counted(Runner::Nextest, output), (9, 3));
    }

    #[test]
    fn nextest_counts_a_single_test_and_a_run_that_was_cut_short() {
        assert_eq!(
            counted(Runner::Nextest, "  Summary [ 0.1s] 1 test run: 1 passed, 0 skipped"),
            (1, 0)
        );
        let cut = "  Summary [ 0.1s] 3/5 tests run: 2 passed, 1 failed, 0 skipped";
        assert_eq!(counted(Runner::Nextest, cut), (2, 1));
    }

    #[test]
    fn playwright_counts_the_lines_at_its_end() {
        let output = "\
  ✓  1 sign-in.spec.ts:3:1 › 4 passed words in a title (1.2s)
  1 failed
    sign-out.spec.ts:9:1 › signs out everywhere
  1 flaky
    two-tabs.spec.ts:9:1 › keeps working
  2 skipped
  3 did not run
  14 passed (31.4s)";
        assert_eq!(counted(Runner::Playwright, output), (15, 1));
    }

    #[test]
    fn node_counts_the_lines_at_its_end() {
        let output = "\
✔ jose accepts every token by ES256 (267.6ms)
✖ pass 3 (0.9ms)
ℹ tests 5
ℹ pass 2
ℹ fail 1
ℹ cancelled 1
ℹ skipped 1
ℹ duration_ms 3136.5";
        assert_eq!(counted(Runner::NodeTest, output), (2, 2));
    }

    #[test]
    fn unittest_counts_what_ran_less_what_failed() {
        assert_eq!(counted(Runner::Unittest, "Ran 24 tests in 7.580s\n\nOK"), (24, 0));
        assert_eq!(counted(Runner::Unittest, "Ran 1 test in 0.1s\n\nOK (skipped=1)"), (0, 0));
        let output = "\
test_ran (test_one.One.test_ran) ... FAIL
Ran 9 tests in 7.580s

FAILED (failures=1, errors=2, skipped=1)";
        assert_eq!(counted(Runner::Unittest, output), (5, 3));
    }

    #[test]
    fn unittest_may_find_more_failures_than_it_ran_tests() {
        let output = "Ran 1 test in 0.1s\n\nFAILED (failures=5)";
        assert_eq!(counted(Runner::Unittest, output), (0, 5));
    }

    #[test]
    fn colours_do_not_hide_the_counts() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.5s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped";
        assert_eq!(counted(Runner::Nextest, line), (2, 0));
        assert_eq!(
            counted(
                Runner::Playwright,
                "\u{1b}[32m  14 passed\u{1b}[39m\u{1b}[2m (31.4s)\u{1b}[22m"
            ),
            (14, 0)
        );
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(counted(Runner::CargoTest, "2 passed; 1 failed"), (0, 0));
        assert_eq!(counted(Runner::Nextest, "2 tests run: 2 passed"), (0, 0));
    }
}
