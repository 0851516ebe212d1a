use clap::Subcommand;

use super::CommandError;
use super::output::say;
use crate::app::{App, StartError};
use crate::audit::{DeploymentEvent, Event, Operator};
use crate::store::StartLock;

#[derive(Debug, Subcommand)]
pub(super) enum SecretCommand {
    /// Seal all keys with a new master secret; running servers and signed-in people notice nothing.
    /// A secret from the environment is exchanged there first: CARNET_SECRET is the new one,
    /// CARNET_PREVIOUS_SECRET the one until now.
    Rotate,
}

pub(super) async fn run(
    app: &App,
    operator: &Operator,
    command: &SecretCommand,
) -> Result<(), CommandError> {
    match command {
        SecretCommand::Rotate => rotate(app, operator).await,
    }
}

async fn rotate(app: &App, operator: &Operator) -> Result<(), CommandError> {
    // Against another one that does the same, and against a start in between.
    let lock = StartLock::take(app.settings.database.url.clone()).await;
    let _lock = lock.map_err(StartError::from)?;
    let count = app.keys.replace_secret().await?;
    let event = Event::of_deployment(DeploymentEvent::SecretRotated, operator.origin());
    app.record(event.with_detail(&format!("{count} keys"))).await;
    say(&format!("{count} keys are sealed with the new secret; the one before opens nothing now."))
}
