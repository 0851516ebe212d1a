use super::CommandError;
use super::output::say;

/// The start that every command shares has done it.
pub(super) fn run() -> Result<(), CommandError> {
    say("The database is up to date.")
}
