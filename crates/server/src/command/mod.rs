//! The command line: everything an operator does, beside a running server too.

mod audit;
mod config;
mod dev;
mod key;
mod log;
mod migrate;
mod output;
mod secret;
mod serve;
mod session;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use carnet_shared::FieldCode;
use clap::{Parser, Subcommand};
use thiserror::Error;
use tracing::Level;

use self::log::log_to_standard_error;
use crate::app::{App, StartError};
use crate::audit::Operator;
use crate::keys::{GivenSecrets, KeyError, PREVIOUS_SECRET_VARIABLE, SECRET_VARIABLE};
use crate::passwords::HasherError;
use crate::settings::{SettingError, SettingSource, Settings, secret_of};
use crate::store::{StoreError, UserRow};

/// Sign-in for web apps: access tokens that any service can verify, refresh tokens that survive a
/// lost response and are caught when stolen.
#[derive(Debug, Parser)]
#[command(name = "carnet", version)]
struct CommandLine {
    /// Settings file; Leptos.toml of the working directory, if there is one, by default.
    #[arg(long, global = true, value_name = "FILE")]
    settings: Option<PathBuf>,

    /// Sets one setting, over file and environment. Not for secrets: every process of the machine
    /// can read the arguments of the others.
    #[arg(long = "set", global = true, value_name = "SECTION.KEY=VALUE")]
    assignments: Vec<String>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the pages.
    Serve,
    /// Bring the database's tables up to date and make the keys that are missing.
    Migrate,
    /// Print the settings in force as a settings file, without the secrets.
    Config,
    /// Accounts.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Sessions of an account.
    #[command(subcommand)]
    Session(session::SessionCommand),
    /// Keys that sign and authenticate tokens.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// The master secret that seals the keys.
    #[command(subcommand)]
    Secret(secret::SecretCommand),
    /// Print what happened, the newest first.
    Audit(audit::AuditArguments),
    /// For those who develop an app with Carnet on their own machine.
    #[command(subcommand)]
    Dev(dev::DevCommand),
}

impl Command {
    /// How the audit trail names it.
    fn name(&self) -> &'static str {
        match self {
            Self::Serve => "carnet serve",
            Self::Migrate => "carnet migrate",
            Self::Config => "carnet config",
            Self::User(_) => "carnet user",
            Self::Session(_) => "carnet session",
            Self::Key(_) => "carnet key",
            Self::Secret(_) => "carnet secret",
            Self::Audit(_) => "carnet audit",
            Self::Dev(command) => command.name(),
        }
    }
}

/// Why a command failed, in one line.
#[derive(Debug, Error)]
enum CommandError {
    #[error("setting {0}")]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error(transparent)]
    Hasher(#[from] HasherError),
    #[error("there is no user {0}; `carnet user list` prints them")]
    NoUser(String),
    #[error("{0}")]
    Refused(String),
    #[error("{what}: {error}")]
    Io { what: String, error: std::io::Error },
}

impl CommandError {
    /// A field of an account that will not do.
    fn field(name: &str, code: FieldCode) -> Self {
        let why = match code {
            FieldCode::Missing => "is empty",
            FieldCode::TooShort => "is too short",
            FieldCode::TooLong => "is too long",
            FieldCode::TooEasy => "is too easy to guess",
            FieldCode::Taken => "is another account's",
            _ => "is not of the right form",
        };
        Self::Refused(format!("the {name} {why}"))
    }
}

/// Runs the command that the process was started with.
pub async fn run_command_line() -> ExitCode {
    match run(CommandLine::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

async fn run(line: CommandLine) -> Result<(), CommandError> {
    let source = SettingSource {
        file: line.settings,
        environment: environment()?,
        assignments: line.assignments,
    };
    // `cargo leptos watch` starts the program bare.
    let command = match line.command {
        Some(command) => command,
        None if source.is_cargo_leptos() => Command::Serve,
        None => {
            return Err(CommandError::Refused(
                "say what to do, such as `carnet serve`; `carnet --help` lists it".to_owned(),
            ));
        }
    };
    let settings = Settings::read(&source)?;
    log_to_standard_error(match command {
        Command::Serve => Level::INFO,
        _ => Level::WARN,
    });
    let secrets = secrets(&source.environment)?;
    match command {
        Command::Serve => serve::run(settings, secrets).await,
        Command::Config => config::run(&settings),
        command => {
            let app = start(settings, secrets).await?;
            let operator = Operator::of_this_process(command.name(), app.new_uuid());
            let result = match command {
                Command::Migrate => migrate::run(),
                Command::User(command) => user::run(&app, &operator, command).await,
                Command::Session(command) => session::run(&app, &operator, command).await,
                Command::Key(command) => key::run(&app, &operator, command).await,
                Command::Secret(command) => secret::run(&app, &operator, &command).await,
                Command::Audit(arguments) => audit::run(&app, &arguments).await,
                Command::Dev(command) => dev::run(&app, &operator, command).await,
                Command::Serve | Command::Config => Ok(()),
            };
            app.store.close().await;
            result
        }
    }
}

async fn start(settings: Settings, secrets: GivenSecrets) -> Result<Arc<App>, CommandError> {
    Ok(App::builder(settings).secrets(secrets).for_a_command().start().await?)
}

fn secrets(environment: &[(String, String)]) -> Result<GivenSecrets, SettingError> {
    Ok(GivenSecrets {
        current: secret_of(environment, SECRET_VARIABLE)?,
        previous: secret_of(environment, PREVIOUS_SECRET_VARIABLE)?,
    })
}

/// Variables of others may be anything. One of ours that is not text must not pass for absent.
fn environment() -> Result<Vec<(String, String)>, SettingError> {
    let mut variables = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => variables.push((name, value)),
            Err(_) if name.starts_with("CARNET_") => {
                return Err(SettingError::new(&name, "must be text in UTF-8"));
            }
            Err(_) => {}
        }
    }
    Ok(variables)
}

/// The account that an operator names by username or e-mail address.
async fn find_user(app: &App, login: &str) -> Result<UserRow, CommandError> {
    app.store.user_by_login(login).await?.ok_or_else(|| CommandError::NoUser(login.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Key ids are base64url, and a username may hold hyphens anywhere.
    #[test]
    fn a_key_id_and_a_name_may_begin_with_a_hyphen() {
        for arguments in [
            &["key", "revoke", "-kfvBLx4APbZKz1rOxi4OJTjWZhijNSxyjFeg9_I8cQ"][..],
            &["key", "revoke", "-hfvBLx4APbZKz1rOxi4OJTjWZhijNSxyjFeg9_I8cQ"],
            &["key", "revoke", "--vBLx4APbZKz1rOxi4OJTjWZhijNSxyjFeg9_I8cQ"],
            &["user", "add", "-ada", "ada@example.org", "--password-stdin"],
            &["user", "role", "-ada", "--add", "editor"],
            &["user", "set", "--name", "Ada", "-ada"],
            &["user", "disable", "-ada"],
            &["user", "delete", "--yes", "-ada"],
            &["session", "list", "-ada"],
            &["session", "end", "-ada", "--all"],
            &["audit", "--limit", "5", "-ada"],
            &["dev", "storage-state", "-ada", "--output", "ada.json"],
        ] {
            let line = ["carnet"].iter().chain(arguments);
            assert!(CommandLine::try_parse_from(line).is_ok(), "{arguments:?}");
        }
        assert!(CommandLine::try_parse_from(["carnet", "session", "end", "--everyone"]).is_ok());
    }
}
