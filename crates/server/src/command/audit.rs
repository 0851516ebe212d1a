use clap::Args;

use super::output::{moment, table};
use super::{CommandError, find_user};
use crate::app::App;
use crate::store::EventFilter;

#[derive(Debug, Args)]
pub(super) struct AuditArguments {
    /// Only of this user, named by username or e-mail address.
    user: Option<String>,

    /// How many events.
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    limit: u32,
}

pub(super) async fn run(app: &App, arguments: &AuditArguments) -> Result<(), CommandError> {
    let user = match &arguments.user {
        Some(login) => Some(find_user(app, login).await?),
        None => None,
    };
    let user_id = user.as_ref().map(|user| user.id.as_str());
    let filter = EventFilter { user_id, ..EventFilter::default() };
    let events = app.store.events(filter, arguments.limit.into()).await?;
    let rows: Vec<[String; 6]> = events
        .into_iter()
        .map(|event| {
            [
                moment(event.at),
                event.kind,
                event.user_id.unwrap_or_default(),
                event.session_id.unwrap_or_default(),
                event.address.unwrap_or_default(),
                event.detail,
            ]
        })
        .collect();
    table(["WHEN", "WHAT", "USER", "SESSION", "FROM", "DETAIL"], &rows)
}
