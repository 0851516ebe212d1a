use super::CommandError;
use super::output::say;
use crate::settings::Settings;

/// Prints the settings in force.
pub(super) fn run(settings: &Settings) -> Result<(), CommandError> {
    settings.to_string().trim_end().lines().try_for_each(say)
}
