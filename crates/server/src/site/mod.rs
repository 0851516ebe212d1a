//! The pages: who is looking, what they get to see, and the plain forms that work without script.
//! The one place of the server that knows of Leptos.

mod account_forms;
mod addresses;
mod assets;
mod form;
mod get;
mod guard;
mod render;
mod server_functions;
mod sign_in_forms;
mod visitor;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use carnet_shared::paths::{self, pages};

use crate::app::App;

pub(crate) use get::lead_to_public_url;
pub use guard::{GuardedPages, PageGuard, PageVisitor};

/// Adds the whole site: whatever no route answers is then a file of it, or not found.
pub(crate) fn add_site(routes: Router<Arc<App>>, app: &App) -> Router<Arc<App>> {
    let site = account_pages(app).route(pages::HOME, get(get::page));
    routes.merge(site).fallback(get::file_or_not_found)
}

/// The pages of accounts for an app that has a start of its own, and the files that they need, each
/// by its name: the app may have others in the same folder.
pub(crate) fn pages_and_files(app: &App) -> Router<Arc<App>> {
    let files = assets::names_in(&app.settings.site.site_pkg_dir);
    files.fold(account_pages(app), |routes, path| routes.route(&path, get(get::file_or_not_found)))
}

fn account_pages(app: &App) -> Router<Arc<App>> {
    if addresses::addresses(&app.settings.site).script.is_none() {
        tracing::warn!(
            "built without its site: the pages are plain forms; build with cargo leptos"
        );
    }
    Router::new()
        .route(pages::REGISTER, get(get::page).post(sign_in_forms::register))
        .route(pages::LOGIN, get(get::page).post(sign_in_forms::login))
        .route(pages::LOGOUT, post(sign_in_forms::logout))
        .route(pages::PROFILE, get(get::page).post(account_forms::profile))
        .route(pages::SESSIONS, get(get::page).post(account_forms::sessions))
        .route(paths::CHANGE_PASSWORD, get(get::change_password))
}
