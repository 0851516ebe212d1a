//! What changes more than the clone and xtask's own folders is done only with the consent of whoever sits at the
//! terminal.

use std::io::{BufRead, IsTerminal, Write, stdin, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

/// The option that answers every question with yes.
pub(crate) const YES: &str = "--yes";

/// Whether [`YES`] was given.
static GIVEN: AtomicBool = AtomicBool::new(false);

/// How set-up comes to its consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Nobody can be asked, or they have said yes to everything already.
    GoOn,
    /// Somebody sits at a terminal.
    Ask,
}

/// Takes [`YES`] out of the arguments of xtask: before a command, or after one to which nothing else is passed on.
pub(crate) fn take_from(arguments: &mut Vec<String>) {
    let place = match arguments.first().map(String::as_str) {
        Some(YES) => Some(0),
        Some("setup" | "check" | "test" | "endure") => arguments.iter().position(|it| it == YES),
        _ => None,
    };
    if let Some(place) = place {
        arguments.remove(place);
        GIVEN.store(true, Ordering::Relaxed);
    }
}

/// Whether set-up may do this; `what` completes "Set-up wants to".
pub(crate) fn is_given(what: &str) -> bool {
    let has_terminal = stdin().is_terminal() && stdout().is_terminal();
    match manner(GIVEN.load(Ordering::Relaxed), has_terminal) {
        Manner::GoOn => true,
        Manner::Ask => ask(what, &mut stdin().lock(), &mut stdout().lock()),
    }
}

fn manner(is_given: bool, has_terminal: bool) -> Manner {
    if has_terminal && !is_given { Manner::Ask } else { Manner::GoOn }
}

/// Only a written yes is one; the end of the input is none.
fn ask(what: &str, input: &mut impl BufRead, output: &mut impl Write) -> bool {
    let asked = write!(output, "    Set-up wants to {what}. Go on? [y/N] ");
    let mut answer = String::new();
    let is_asked = asked.and_then(|()| output.flush()).is_ok();
    let is_answered = is_asked && input.read_line(&mut answer).is_ok();
    is_answered && ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(answer: &str) -> (bool, String) {
        let mut output = Vec::new();
        let is_given = ask("remove a folder", &mut answer.as_bytes(), &mut output);
        (is_given, String::from_utf8(output).expect("the question is text"))
    }

    fn remaining(arguments: &[&str]) -> Vec<String> {
        let mut arguments: Vec<String> = arguments.iter().map(|&it| it.to_owned()).collect();
        take_from(&mut arguments);
        arguments
    }

    #[test]
    fn only_a_terminal_without_yes_is_asked() {
        assert_eq!(manner(false, true), Manner::Ask);
        assert_eq!(manner(true, true), Manner::GoOn);
        assert_eq!(manner(false, false), Manner::GoOn);
        assert_eq!(manner(true, false), Manner::GoOn);
    }

    #[test]
    fn only_a_written_yes_is_consent() {
        for yes in ["y\n", "Y\n", "yes\n", " YES \r\n"] {
            assert!(answered(yes).0, "{yes:?}");
        }
        for no in ["", "\n", "n\n", "no\n", "yesterday\n", "please do not\n"] {
            assert!(!answered(no).0, "{no:?}");
        }
    }

    #[test]
    fn the_question_says_what_is_to_be_done() {
        assert_eq!(answered("n\n").1, "    Set-up wants to remove a folder. Go on? [y/N] ");
    }

    #[test]
    fn yes_goes_before_any_command_or_after_one_that_passes_nothing_on() {
        assert_eq!(remaining(&["--yes", "run", "--port"]), ["run", "--port"]);
        assert_eq!(remaining(&["setup", "--yes"]), ["setup"]);
        assert_eq!(remaining(&["run", "--yes"]), ["run", "--yes"]);
        assert_eq!(remaining(&["e2e", "sign_in", "--yes"]), ["e2e", "sign_in", "--yes"]);
    }
}
