use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::HeaderValue;
use carnet_shared::{Delivery, Secret};
use clap::Subcommand;
use serde_json::{Value, json};

use super::CommandError;
use super::output::{say, say_json};
use crate::app::App;
use crate::audit::Operator;
use crate::begin::{Api, Beginning, begin_session};
use crate::issued::Issued;
use crate::request::Cookies;
use crate::settings::Settings;
use crate::store::{Credentials, EndReason, write_private};

#[derive(Debug, Subcommand)]
pub(super) enum DevCommand {
    /// Sign a user in and print the session as a storage state of Playwright, for
    /// `browser.newContext({ storageState })`. It is good for one browser context; run this once
    /// for each. Only for a server whose server.public_url is on this machine.
    StorageState {
        /// Username or e-mail address.
        #[arg(allow_hyphen_values = true)]
        user: String,
        /// Write it into this file, which only you can read, instead of printing it. Of the files
        /// that are there already, only an older storage state is replaced.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

impl DevCommand {
    /// How the audit trail and the list of devices name it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::StorageState { .. } => "carnet dev storage-state",
        }
    }
}

pub(super) async fn run(
    app: &Arc<App>,
    operator: &Operator,
    command: DevCommand,
) -> Result<(), CommandError> {
    match command {
        DevCommand::StorageState { user, output } => {
            storage_state(app, operator, &user, output.as_deref()).await
        }
    }
}

async fn storage_state(
    app: &Arc<App>,
    operator: &Operator,
    login: &str,
    output: Option<&Path>,
) -> Result<(), CommandError> {
    require_development(&app.settings)?;
    output.map_or(Ok(()), require_replaceable)?;
    let issued = sign_in(app, operator, login).await?;
    let state = storage_state_of(&issued, app)?;
    let Some(file) = output else { return say_json(&state) };
    if let Err(error) = write_private(file, &Secret::new(state.to_string())) {
        // Nobody has its token.
        app.end_session(&issued.body.session.id, EndReason::Operator).await?;
        return Err(CommandError::Io { what: file.display().to_string(), error });
    }
    let username = issued.body.user.username;
    say(&format!("{} signs one browser context in as {username}.", file.display()))
}

/// Only for a machine of somebody who develops: elsewhere a file with a session in it is a danger, and
/// nobody needs one.
fn require_development(settings: &Settings) -> Result<(), CommandError> {
    let public_url = &settings.server.public_url;
    if !public_url.is_loopback() {
        return Err(CommandError::Refused(format!(
            "server.public_url is {}, which is not on this machine; a storage state is only made for \
             a server of your own: set server.public_url to such as http://127.0.0.1:3000, with a \
             database for development",
            public_url.as_str()
        )));
    }
    match settings.client.delivery {
        Delivery::Cookie => Ok(()),
        Delivery::Body | Delivery::Static => Err(CommandError::Refused(
            "client.delivery is \"body\", so the pages keep their tokens themselves and no cookie signs \
             them in; set client.delivery to \"cookie\", or sign in through /login"
                .to_owned(),
        )),
    }
}

/// A mistyped name must not cost anybody a file.
fn require_replaceable(file: &Path) -> Result<(), CommandError> {
    let shown = file.display().to_string();
    let io = |error| CommandError::Io { what: shown.clone(), error };
    let is_file = match fs::metadata(file) {
        Ok(found) => found.is_file(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io(error)),
    };
    // Reading from what is no file may never end.
    if is_file && is_storage_state(&fs::read(file).map_err(io)?) {
        return Ok(());
    }
    Err(CommandError::Refused(format!(
        "{shown} is there already and is no storage state; remove it or name another file"
    )))
}

/// Whether a file is one that Playwright or we have written.
fn is_storage_state(text: &[u8]) -> bool {
    let found: Option<Value> = serde_json::from_slice(text).ok();
    found.is_some_and(|found| found["cookies"].is_array() && found["origins"].is_array())
}

/// Begins a session as a sign-in does. Its delivery is the cookie.
async fn sign_in(app: &Arc<App>, operator: &Operator, login: &str) -> Result<Issued, CommandError> {
    let no_user = || CommandError::NoUser(login.to_owned());
    let Credentials { user_id, epoch, disabled, .. } =
        app.store.credentials(login).await?.ok_or_else(no_user)?;
    if disabled {
        return Err(CommandError::Refused(format!(
            "{login} is disabled; `carnet user enable {login}` lets the account be used again"
        )));
    }
    let beginning = Beginning {
        user_id: &user_id,
        user_epoch: epoch,
        api: Api::Carnet,
        delivery: Some(Delivery::Cookie),
        remember: None,
        audience: &app.settings.tokens.issuer,
        origin: operator.origin(),
        cookies: &Cookies::none(),
        by: "operator",
    };
    let begun = begin_session(app, beginning).await;
    begun.map_err(|error| CommandError::Refused(error.to_string()))
}

/// The cookie as a browser keeps it that was sent this answer. The pages need nothing else: they ask for
/// an access token themselves, so no origin has anything in its storage.
fn storage_state_of(issued: &Issued, app: &App) -> Result<Value, CommandError> {
    let (host, now) = (app.settings.server.public_url.host(), app.clock.now());
    let cookie = issued.cookie.as_ref().and_then(|header| kept(header, host, now));
    let missing = || CommandError::Refused("the session has no cookie".to_owned());
    Ok(json!({ "cookies": [cookie.ok_or_else(missing)?], "origins": [] }))
}

/// What Playwright calls a cookie: `expires` is in seconds since 1970, or -1 for one that goes with the
/// browser.
fn kept(header: &HeaderValue, host: &str, now: i64) -> Option<Value> {
    let text = std::str::from_utf8(header.as_bytes()).ok()?;
    let (pair, attributes) = text.split_once("; ")?;
    let (name, value) = pair.split_once('=')?;
    let attribute = |wanted: &str| {
        let mut all = attributes.split("; ").map(|one| one.split_once('=').unwrap_or((one, "")));
        all.find(|(name, _)| *name == wanted).map(|(_, value)| value)
    };
    let max_age = attribute("Max-Age").and_then(|seconds| seconds.parse::<i64>().ok());
    Some(json!({
        "name": name,
        "value": value,
        "domain": host,
        "path": attribute("Path")?,
        "expires": max_age.map_or(-1, |seconds| now + seconds),
        "httpOnly": attribute("HttpOnly").is_some(),
        "secure": attribute("Secure").is_some(),
        "sameSite": attribute("SameSite")?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_kept_as_its_header_says() {
        let secure = HeaderValue::from_static(
            "__Host-carnet=abc; Path=/; SameSite=Lax; Secure; HttpOnly; Max-Age=60",
        );
        assert_eq!(
            kept(&secure, "localhost", 1_000).unwrap(),
            json!({
                "name": "__Host-carnet", "value": "abc", "domain": "localhost", "path": "/",
                "expires": 1_060, "httpOnly": true, "secure": true, "sameSite": "Lax",
            })
        );
        let passing = HeaderValue::from_static("carnet-3000=abc; Path=/; SameSite=Lax; HttpOnly");
        let passing = kept(&passing, "127.0.0.1", 1_000).unwrap();
        assert_eq!((&passing["expires"], &passing["secure"]), (&json!(-1), &json!(false)));
    }

    #[test]
    fn only_what_has_cookies_and_origins_is_a_storage_state() {
        assert!(is_storage_state(br#"{"cookies":[],"origins":[]}"#));
        for other in ["", "{}", "[]", "notes", r#"{"cookies":[]}"#, r#"{"cookies":1,"origins":[]}"#]
        {
            assert!(!is_storage_state(other.as_bytes()), "{other}");
        }
    }
}
