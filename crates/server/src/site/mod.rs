//! The pages: who is looking, what they get to see, and the plain forms that work without script.
//! The one place of the server that knows of Leptos.

mod account_forms;
mod addresses;
mod assets;
mod form;
mod get;
mod guard;
mod render;
mod sign_in_forms;
mod visitor;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use carnet_shared::paths::{self, pages};

use crate::app::App;

pub(crate) use get::lead_to_public_url;
pub use guard::{GuardedPages, PageGuard, PageVisitor};

/// Adds the pages and the files that they need; whatever no route answers is then a file of the
/// site, or not found.
pub(crate) fn add_pages(routes: Router<Arc<App>>, app: &App) -> Router<Arc<App>> {
    if addresses::addresses(&app.settings.site).script.is_none() {
        tracing::warn!(
            "built without its site: the pages are plain forms; build with cargo leptos"
        );
    }
    routes
        .route(pages::HOME, get(get::page))
        .route(pages::REGISTER, get(get::page).post(sign_in_forms::register))
        .route(pages::LOGIN, get(get::page).post(sign_in_forms::login))
        .route(pages::LOGOUT, post(sign_in_forms::logout))
        .route(pages::PROFILE, get(get::page).post(account_forms::profile))
        .route(pages::SESSIONS, get(get::page).post(account_forms::sessions))
        .route(paths::CHANGE_PASSWORD, get(get::change_password))
        .fallback(get::file_or_not_found)
}
