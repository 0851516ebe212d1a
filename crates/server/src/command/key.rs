use std::io::Read;
use std::path::{Path, PathBuf};

use carnet_verify::Algorithm;
use clap::{Args, Subcommand, ValueEnum};
use zeroize::Zeroizing;

use super::CommandError;
use super::output::{moment, say, table};
use crate::app::App;
use crate::audit::{DeploymentEvent, Event, Operator};
use crate::keys::{ImportError, KeyChange, KeyPurpose, KeyState, import_key};

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Print the keys: which there are, never what they are.
    List,
    /// Make a new key. It is published at once and makes tokens ten minutes later, when everybody
    /// who keeps the published keys has seen it.
    Rotate {
        /// Which tokens it is for.
        #[arg(long, value_enum, default_value_t = Tokens::Access)]
        tokens: Tokens,
        #[command(flatten)]
        when: When,
    },
    /// Refuse a key, and all that was made with it, from now on. Access tokens of it are renewed
    /// silently; a key of refresh tokens takes its sessions along.
    Revoke {
        /// The key's id, as `key list` prints it; one of 64 begins with a hyphen.
        #[arg(allow_hyphen_values = true)]
        id: String,
    },
    /// Sign access tokens with a key that you bring along.
    Import {
        /// A PEM or a JWK with the private key; `-` for standard input.
        file: PathBuf,
        /// What to sign with, where the file does not say.
        #[arg(long, value_parser = algorithm)]
        algorithm: Option<Algorithm>,
        #[command(flatten)]
        when: When,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Tokens {
    /// Access tokens.
    Access,
    /// Refresh tokens.
    Refresh,
}

#[derive(Debug, Clone, Copy, Args)]
pub(super) struct When {
    /// Use it at once, not in ten minutes.
    #[arg(long)]
    now: bool,
}

impl When {
    fn change(self) -> KeyChange {
        if self.now { KeyChange::Now } else { KeyChange::Announced }
    }

    fn says(self) -> &'static str {
        if self.now { "is in use now" } else { "will be in use in ten minutes" }
    }
}

fn algorithm(name: &str) -> Result<Algorithm, String> {
    let names = Algorithm::ALL.iter().map(|algorithm| algorithm.as_str());
    Algorithm::parse(name)
        .ok_or_else(|| format!("there are {}", names.collect::<Vec<_>>().join(", ")))
}

pub(super) async fn run(
    app: &App,
    operator: &Operator,
    command: KeyCommand,
) -> Result<(), CommandError> {
    match command {
        KeyCommand::List => list(app).await,
        KeyCommand::Rotate { tokens, when } => rotate(app, operator, tokens, when).await,
        KeyCommand::Revoke { id } => revoke(app, operator, &id).await,
        KeyCommand::Import { file, algorithm, when } => {
            import(app, operator, &file, algorithm, when).await
        }
    }
}

async fn list(app: &App) -> Result<(), CommandError> {
    let rows: Vec<[String; 5]> = app
        .keys
        .list()
        .await?
        .into_iter()
        .map(|key| {
            let state = match key.state {
                KeyState::Pending(at) => format!("in use from {}", moment(at)),
                KeyState::InUse => "in use".to_owned(),
                KeyState::Superseded(_) => "accepted".to_owned(),
                KeyState::Revoked(at) => format!("revoked {}", moment(at)),
            };
            let tokens = match KeyPurpose::parse(&key.row.purpose) {
                Some(KeyPurpose::Sign) => "access",
                Some(KeyPurpose::Refresh) => "refresh",
                None => "unknown",
            };
            let made = moment(key.row.created_at);
            [key.row.id, tokens.to_owned(), key.row.algorithm, made, state]
        })
        .collect();
    table(["KEY", "TOKENS", "ALGORITHM", "MADE", "STATE"], &rows)
}

async fn rotate(
    app: &App,
    operator: &Operator,
    tokens: Tokens,
    when: When,
) -> Result<(), CommandError> {
    let purpose = match tokens {
        Tokens::Access => KeyPurpose::Sign,
        Tokens::Refresh => KeyPurpose::Refresh,
    };
    let id = app.keys.rotate(purpose, app.settings.tokens.algorithm, when.change()).await?;
    record(app, operator, DeploymentEvent::KeyAdded, &format!("{id}, rotated")).await;
    say(&format!("Key {id} {}.", when.says()))
}

async fn revoke(app: &App, operator: &Operator, id: &str) -> Result<(), CommandError> {
    let revocation = app.revoke_key(id).await?;
    let ended = revocation.sessions.len();
    let detail = format!("{id}, {ended} sessions ended");
    record(app, operator, DeploymentEvent::KeyRevoked, &detail).await;
    say(&format!("Key {id} is revoked."))?;
    if let Some(replacement) = &revocation.replacement {
        let detail = format!("{replacement}, in place of {id}");
        record(app, operator, DeploymentEvent::KeyAdded, &detail).await;
        say(&format!("Key {replacement} is in use now."))?;
    }
    match ended {
        0 => Ok(()),
        1 => say("1 session ended."),
        count => say(&format!("{count} sessions ended.")),
    }
}

async fn import(
    app: &App,
    operator: &Operator,
    file: &Path,
    algorithm: Option<Algorithm>,
    when: When,
) -> Result<(), CommandError> {
    let shown = file.display().to_string();
    let text = read(file).map_err(|error| CommandError::Io { what: shown.clone(), error })?;
    // What is no text is no PEM and no JWK either.
    let key = std::str::from_utf8(&text)
        .map_err(|_| ImportError::Format)
        .and_then(|text| import_key(text, algorithm))
        .map_err(|error| CommandError::Refused(format!("{shown}: {error}")))?;
    let (imported, set) = (key.algorithm, app.settings.tokens.algorithm);
    let id = app.keys.import(key, when.change()).await?;
    record(app, operator, DeploymentEvent::KeyAdded, &format!("{id}, imported")).await;
    say(&format!("Key {id} {}.", when.says()))?;
    if imported == set {
        return Ok(());
    }
    say(&format!(
        "Set tokens.algorithm to {}, or the next start announces a key for {} instead.",
        imported.as_str(),
        set.as_str()
    ))
}

/// Keys are short; a file that goes on and on is something else.
const LONGEST_FILE: u64 = 64 * 1024;

fn read(file: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    if file == Path::new("-") {
        std::io::stdin().take(LONGEST_FILE).read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(file)?.take(LONGEST_FILE).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

async fn record(app: &App, operator: &Operator, kind: DeploymentEvent, detail: &str) {
    app.record(Event::of_deployment(kind, operator.origin()).with_detail(detail)).await;
}
