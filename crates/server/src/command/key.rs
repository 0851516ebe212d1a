use clap::Subcommand;

use super::CommandError;
use super::output::{moment, table};
use crate::app::App;

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Print the keys: which there are, never what they are.
    List,
}

pub(super) async fn run(app: &App, command: &KeyCommand) -> Result<(), CommandError> {
    match command {
        KeyCommand::List => list(app).await,
    }
}

async fn list(app: &App) -> Result<(), CommandError> {
    let in_use = [app.keys.signing().kid().to_owned(), app.keys.mac().id().text()];
    let rows: Vec<[String; 5]> = app
        .store
        .keys()
        .await?
        .into_iter()
        .map(|key| {
            let state = if in_use.contains(&key.id) { "in use" } else { "accepted" };
            [key.id, key.purpose, key.algorithm, state.to_owned(), moment(key.created_at)]
        })
        .collect();
    table(["KEY", "PURPOSE", "ALGORITHM", "STATE", "MADE"], &rows)
}
