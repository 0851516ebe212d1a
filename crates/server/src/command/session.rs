use clap::Subcommand;

use super::output::{confirm, is_interactive, moment, say, table};
use super::{CommandError, find_user};
use crate::app::App;
use crate::audit::{DeploymentEvent, Event, Operator, SessionEvent};
use crate::device::device_name;
use crate::store::EndReason;

#[derive(Debug, Subcommand)]
pub(super) enum SessionCommand {
    /// Print where a user is signed in.
    List {
        /// Username or e-mail address.
        #[arg(allow_hyphen_values = true)]
        user: String,
    },
    /// End one session of a user, or all of a user, or every session there is.
    End {
        /// Username or e-mail address.
        #[arg(
            allow_hyphen_values = true,
            required_unless_present = "everyone",
            conflicts_with = "everyone"
        )]
        user: Option<String>,
        /// The session's id, as `session list` prints it.
        #[arg(required_unless_present_any = ["all", "everyone"], conflicts_with = "all")]
        id: Option<String>,
        /// All of them.
        #[arg(long, conflicts_with = "everyone")]
        all: bool,
        /// Everybody's: for a database that was restored from an older copy, in which ended sessions
        /// live again.
        #[arg(long)]
        everyone: bool,
        /// Do not ask.
        #[arg(long, requires = "everyone")]
        yes: bool,
    },
}

pub(super) async fn run(
    app: &App,
    operator: &Operator,
    command: SessionCommand,
) -> Result<(), CommandError> {
    match command {
        SessionCommand::List { user } => list(app, &user).await,
        SessionCommand::End { user: Some(user), id, .. } => {
            end(app, operator, &user, id.as_deref()).await
        }
        SessionCommand::End { yes, .. } => end_everyones(app, operator, yes).await,
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

async fn end_everyones(app: &App, operator: &Operator, yes: bool) -> Result<(), CommandError> {
    const WARNING: &str = "This signs everybody out.";
    if !yes && !is_interactive() {
        return Err(CommandError::Refused(format!("{WARNING} Say --yes to do it")));
    }
    if !yes && !confirm(&format!("{WARNING} Go on?"))? {
        return Err(CommandError::Refused("nothing was done".to_owned()));
    }
    let ended = app.store.end_every_session(app.clock.now()).await?;
    let event = Event::of_deployment(DeploymentEvent::EveryoneSignedOut, operator.origin());
    app.record(event.with_detail(&format!("{ended} sessions"))).await;
    say(&format!("Ended {ended} sessions: everybody has to sign in again."))
}
