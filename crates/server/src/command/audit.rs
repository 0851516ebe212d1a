use std::collections::HashMap;

use clap::Args;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::output::{moment, say_json, table};
use super::{CommandError, find_user};
use crate::app::App;
use crate::audit::EventKind;
use crate::device::device_name;
use crate::settings::Lifetime;
use crate::store::{EventFilter, EventRow};

#[derive(Debug, Args)]
pub(super) struct AuditArguments {
    /// Only of this user, named by username, e-mail address or id. That of a deleted user is found
    /// by the id.
    #[arg(allow_hyphen_values = true)]
    user: Option<String>,

    /// Only events of this kind, such as login_failed.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<EventKind>,

    /// Only events since a moment, such as 2026-01-31T00:00:00Z, or within a time, such as 24h.
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<Since>,

    /// How many events.
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    limit: u32,

    /// One JSON object a line, with everything that is kept of an event.
    #[arg(long)]
    json: bool,
}

/// The beginning of the time that is looked at.
#[derive(Debug, Clone, Copy)]
enum Since {
    Moment(i64),
    Within(Lifetime),
}

impl Since {
    fn moment(self, now: i64) -> i64 {
        match self {
            Self::Moment(moment) => moment,
            Self::Within(time) => now - time.seconds(),
        }
    }
}

fn kind(name: &str) -> Result<EventKind, String> {
    let names = || EventKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    let found = EventKind::ALL.iter().find(|kind| kind.as_str() == name);
    found.copied().ok_or_else(|| format!("there are {}", names()))
}

fn since(text: &str) -> Result<Since, String> {
    if let Ok(moment) = OffsetDateTime::parse(text, &Rfc3339) {
        return Ok(Since::Moment(moment.unix_timestamp()));
    }
    let time = Lifetime::parse(text).map(Since::Within);
    time.ok_or_else(|| "write a moment as 2026-01-31T00:00:00Z or a time as 24h".to_owned())
}

pub(super) async fn run(app: &App, arguments: &AuditArguments) -> Result<(), CommandError> {
    let user_id = match &arguments.user {
        Some(name) => Some(user_id(app, name).await?),
        None => None,
    };
    let filter = EventFilter {
        user_id: user_id.as_deref(),
        kind: arguments.kind.map(EventKind::as_str),
        since: arguments.since.map(|since| since.moment(app.clock.now())),
    };
    let events = app.store.events(filter, arguments.limit.into()).await?;
    if arguments.json { print_lines(events) } else { print_table(app, events).await }
}

/// An account that was deleted has no name any more, but its events are still there.
async fn user_id(app: &App, name: &str) -> Result<String, CommandError> {
    match uuid::Uuid::try_parse(name) {
        Ok(id) => Ok(id.to_string()),
        Err(_) => Ok(find_user(app, name).await?.id),
    }
}

fn print_lines(events: Vec<EventRow>) -> Result<(), CommandError> {
    for event in events {
        say_json(&json!({
            "id": event.id,
            "at": moment(event.at),
            "kind": event.kind,
            "count": event.count,
            "user_id": event.user_id,
            "session_id": event.session_id,
            "actor": event.actor,
            "address": event.address,
            "device": event.device,
            "request_id": event.request_id,
            "detail": event.detail,
        }))?;
    }
    Ok(())
}

async fn print_table(app: &App, events: Vec<EventRow>) -> Result<(), CommandError> {
    let mut names = Names::default();
    let mut rows = Vec::new();
    for event in events {
        let what = match event.count {
            1 => event.kind,
            count => format!("{} ×{count}", event.kind),
        };
        rows.push([
            moment(event.at),
            what,
            names.of(app, event.user_id.unwrap_or_default()).await?,
            names.of(app, event.actor).await?,
            event.address.unwrap_or_default(),
            device(&event.device),
            event.session_id.unwrap_or_default(),
            event.request_id,
            event.detail,
        ]);
    }
    let heads = ["WHEN", "WHAT", "USER", "BY", "FROM", "DEVICE", "SESSION", "REQUEST", "DETAIL"];
    table(heads, &rows)
}

/// Commands stand there as they are.
fn device(text: &str) -> String {
    if text.is_empty() || text.starts_with("carnet") { text.to_owned() } else { device_name(text) }
}

/// The usernames of accounts, each looked up once.
#[derive(Debug, Default)]
struct Names(HashMap<String, String>);

impl Names {
    /// The username behind an id; whatever is no id of an account stands for itself.
    async fn of(&mut self, app: &App, id: String) -> Result<String, CommandError> {
        if uuid::Uuid::try_parse(&id).is_err() {
            return Ok(id);
        }
        if let Some(name) = self.0.get(&id) {
            return Ok(name.clone());
        }
        let name = app.store.user(&id).await?.map_or_else(|| id.clone(), |user| user.username);
        self.0.insert(id, name.clone());
        Ok(name)
    }
}
