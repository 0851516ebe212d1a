use clap::Subcommand;

use super::output::{moment, say, table};
use super::{CommandError, find_user};
use crate::app::App;
use crate::audit::{Event, Operator, SessionEvent};
use crate::device::device_name;
use crate::store::EndReason;

#[derive(Debug, Subcommand)]
pub(super) enum SessionCommand {
    /// Print where a user is signed in.
    List {
        /// Username or e-mail address.
        user: String,
    },
    /// End one session of a user, or all.
    End {
        /// Username or e-mail address.
        user: String,
        /// The session's id, as `session list` prints it.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        id: Option<String>,
        /// All of them.
        #[arg(long)]
        all: bool,
    },
}

pub(super) async fn run(
    app: &App,
    operator: &Operator,
    command: SessionCommand,
) -> Result<(), CommandError> {
    match command {
        SessionCommand::List { user } => list(app, &user).await,
        SessionCommand::End { user, id, .. } => end(app, operator, &user, id.as_deref()).await,
    }
}

async fn list(app: &App, login: &str) -> Result<(), CommandError> {
    let user = find_user(app, login).await?;
    let now = app.clock.now();
    let sessions = app.store.sessions_of(&user.id, now, now).await?;
    let rows: Vec<[String; 5]> = sessions
        .into_iter()
        .filter(|session| session.ended_at.is_none())
        .map(|session| {
            [
                session.id,
                device_name(&session.user_agent),
                session.address,
                moment(session.last_used_at),
                moment(session.created_at),
            ]
        })
        .collect();
    table(["SESSION", "DEVICE", "FROM", "LAST USED", "SINCE"], &rows)
}

async fn end(
    app: &App,
    operator: &Operator,
    login: &str,
    id: Option<&str>,
) -> Result<(), CommandError> {
    let user = find_user(app, login).await?;
    let now = app.clock.now();
    let ended = match id {
        None => app.store.end_sessions_of(&user.id, None, EndReason::Operator, now).await?,
        Some(id) => {
            let session = app.store.session_row(id).await?;
            if session.is_none_or(|session| session.user_id != user.id) {
                return Err(CommandError::Refused(format!("{login} has no session {id}")));
            }
            let ended = app.store.end_session(id, EndReason::Operator, now).await?;
            ended.map(|_| id.to_owned()).into_iter().collect()
        }
    };
    for id in &ended {
        let origin = operator.origin();
        app.record(Event::of_session(SessionEvent::SessionEnded, &user.id, id, origin)).await;
    }
    say(&format!("Ended {} of {}'s sessions.", ended.len(), user.username))
}
