//! What the browser asks of the server.

use carnet_leptos::{CarnetClient, ServerError};
use leptos::prelude::*;

use crate::todo::{Todo, TodoCount};

/// The caller's todos, the oldest first.
#[server(client = CarnetClient)]
pub(crate) async fn todos() -> Result<Vec<Todo>, ServerError> {
    let user = carnet_leptos::server::require_user().await?;
    on_server::store()?.of(&user.id).await.map_err(on_server::failed)
}

/// Adds a todo to the caller's.
#[server(client = CarnetClient)]
pub(crate) async fn add_todo(text: String) -> Result<(), ServerError> {
    let user = carnet_leptos::server::require_user().await?;
    let text = on_server::checked_text(&text)?;
    on_server::store()?.add(&user.id, &user.username, text).await.map_err(on_server::failed)
}

/// Says whether one of the caller's todos is done.
#[server(client = CarnetClient)]
pub(crate) async fn tick_todo(id: i64, done: bool) -> Result<(), ServerError> {
    let user = carnet_leptos::server::require_user().await?;
    on_server::store()?.tick(&user.id, id, done).await.map_err(on_server::failed)
}

/// Removes one of the caller's todos.
#[server(client = CarnetClient)]
pub(crate) async fn delete_todo(id: i64) -> Result<(), ServerError> {
    let user = carnet_leptos::server::require_user().await?;
    on_server::store()?.delete(&user.id, id).await.map_err(on_server::failed)
}

/// How many todos each account has, for administrators.
#[server(client = CarnetClient)]
pub(crate) async fn todo_counts() -> Result<Vec<TodoCount>, ServerError> {
    carnet_leptos::server::require_role("admin").await?;
    on_server::store()?.counts().await.map_err(on_server::failed)
}

#[cfg(feature = "ssr")]
mod on_server {
    use carnet_leptos::ServerError;
    use leptos::prelude::*;
    use leptos::server_fn::error::ServerFnErrorErr;

    use crate::{AppState, TodoStore};

    const MAX_CHARACTERS: usize = 200;

    pub(super) fn store() -> Result<TodoStore, ServerError> {
        let state = use_context::<AppState>().ok_or_else(|| said("The server has no state"))?;
        Ok(state.store)
    }

    pub(super) fn checked_text(text: &str) -> Result<&str, ServerError> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > MAX_CHARACTERS {
            return Err(said("A todo has between 1 and 200 characters"));
        }
        Ok(text)
    }

    #[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
    pub(super) fn failed(error: sqlx::Error) -> ServerError {
        leptos::logging::error!("the database of the todos: {error}");
        said("The todos cannot be reached at the moment")
    }

    fn said(text: &str) -> ServerError {
        ServerFnErrorErr::ServerError(text.to_owned()).into()
    }
}
