use clap::Subcommand;

use super::CommandError;
use super::output::say;
use crate::app::App;
use crate::store::{Event, EventKind};

#[derive(Debug, Subcommand)]
pub(super) enum SecretCommand {
    /// Seal all keys with a new master secret; running servers and signed-in people notice nothing.
    /// A secret from the environment is exchanged there first: CARNET_SECRET is the new one,
    /// CARNET_PREVIOUS_SECRET the one until now.
    Rotate,
}

pub(super) async fn run(app: &App, command: &SecretCommand) -> Result<(), CommandError> {
    match command {
        SecretCommand::Rotate => rotate(app).await,
    }
}

async fn rotate(app: &App) -> Result<(), CommandError> {
    let count = app.keys.replace_secret().await?;
    app.record(Event {
        kind: EventKind::SecretRotated,
        user_id: None,
        session_id: None,
        address: None,
        detail: "",
    })
    .await;
    say(&format!("{count} keys are sealed with the new secret; the one before opens nothing now."))
}
