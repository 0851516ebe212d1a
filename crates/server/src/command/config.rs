use super::CommandError;
use super::output::say;
use crate::settings::Settings;

/// Prints the settings in force.
pub(super) fn run(settings: &Settings) -> Result<(), CommandError> {
    say(settings.to_string().trim_end())
}
