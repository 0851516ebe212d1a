//! The pages: who is looking, what they get to see, and the plain forms that work without script.
//! The one place of the server that knows of Leptos.

mod account_forms;
mod addresses;
mod assets;
mod branding;
mod colours;
mod compression;
mod form;
mod form_actions;
mod get;
mod guard;
mod guarded_routes;
mod languages;
mod own_files;
mod posted_here;
mod refused_form;
mod render;
mod server_functions;
mod sign_in_forms;
mod visitor;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use carnet_leptos::sign_in_path;
use carnet_shared::paths::{self, pages};

use self::compression::compression;
use crate::app::App;

pub(crate) use branding::Branding;
pub use branding::BrandingError;
pub(crate) use get::lead_to_public_url;
pub use guard::{GuardedPages, PageGuard, PageVisitor};

/// Where the pages are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PagesPlace {
    /// The path that they are under, such as `/account`; empty for none.
    prefix: String,
    /// The pages that belong to the app around Carnet, by their paths.
    own: Vec<&'static str>,
}

/// A page of Carnet's that an app may have in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarnetPage {
    /// `/register`
    Register,
    /// `/login`
    Login,
    /// `/profile`
    Profile,
    /// `/sessions`
    Sessions,
}

impl CarnetPage {
    fn path(self) -> &'static str {
        match self {
            Self::Register => pages::REGISTER,
            Self::Login => pages::LOGIN,
            Self::Profile => pages::PROFILE,
            Self::Sessions => pages::SESSIONS,
        }
    }
}

impl PagesPlace {
    /// Where a page is.
    fn path_to(&self, page: &str) -> String {
        [&self.prefix, page].concat()
    }

    /// The page to sign in on, with where to go afterwards.
    fn sign_in(&self, next: &str) -> String {
        sign_in_path(&self.prefix, next)
    }
}

impl App {
    /// Where the pages are; with no routes for them, where they would be by default.
    pub(crate) fn pages(&self) -> &PagesPlace {
        static DEFAULT: PagesPlace = PagesPlace { prefix: String::new(), own: Vec::new() };
        self.pages.get().unwrap_or(&DEFAULT)
    }

    /// Sets where the pages are. This can be done once.
    ///
    /// # Panics
    /// When they are somewhere else already: links between them can lead to one place only.
    fn place_pages(&self, place: &PagesPlace) {
        let placed = self.pages.get_or_init(|| place.clone());
        assert!(
            placed == place,
            "the pages of one Carnet can be in one place only: call either router(), or pages_router() \
             with one prefix"
        );
    }
}

/// Adds the whole site: whatever no route answers is then a file of it, or not found.
pub(crate) fn add_site(routes: Router<Arc<App>>, app: &App) -> Router<Arc<App>> {
    app.place_pages(&PagesPlace::default());
    let site = account_pages(app).route(pages::HOME, get(get::page));
    routes.merge(site.layer(compression())).fallback(get::file_or_not_found)
}

/// The pages of accounts for an app that has a start of its own, and the files that they need, each
/// by its name: the app may have others in the same folder.
pub(crate) fn pages_and_files(app: &App, prefix: &str, own: &[CarnetPage]) -> Router<Arc<App>> {
    let mut paths: Vec<_> = own.iter().map(|page| page.path()).chain([pages::HOME]).collect();
    paths.sort_unstable();
    app.place_pages(&PagesPlace { prefix: checked_prefix(prefix).to_owned(), own: paths });
    let files = assets::names_in(&app.settings.site.site_pkg_dir);
    files.fold(account_pages(app).layer(compression()), |routes, path| {
        routes.route(&path, get(get::file_or_not_found))
    })
}

/// The files that this deployment makes: texts, the look of the forms, colours and a logo.
pub(crate) fn add_own_files(routes: Router<Arc<App>>, app: &App) -> Router<Arc<App>> {
    app.site.files.addresses().fold(routes, |routes, path| routes.route(path, get(get::own_file)))
}

/// # Panics
/// When it is no path that routes can be under.
fn checked_prefix(prefix: &str) -> &str {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let is_path = prefix.is_empty()
        || (prefix.starts_with('/')
            && !prefix.ends_with('/')
            && !prefix.contains("//")
            && !prefix.split('/').any(|part| part == "." || part == "..")
            && prefix.bytes().all(is_plain));
    assert!(
        is_path,
        "{prefix:?} cannot be the prefix of the pages: write \"\" for none, or a path such as \"/account\" \
         of letters, digits, hyphens and dots, with a slash at its start and none at its end"
    );
    prefix
}

fn account_pages(app: &App) -> Router<Arc<App>> {
    if addresses::addresses(&app.settings.site).script.is_none() {
        tracing::warn!(
            "built without its site: the pages are plain forms; build with cargo leptos"
        );
    }
    // The program's runtime runs what Leptos spawns. Where the app around has said so already, it stays.
    let _ = any_spawner::Executor::init_tokio();
    let place = app.pages();
    let pages = [
        (pages::REGISTER, get(get::page).post(sign_in_forms::register)),
        (pages::LOGIN, get(get::page).post(sign_in_forms::login)),
        (pages::LOGOUT, post(sign_in_forms::logout)),
        (pages::PROFILE, get(get::page).post(account_forms::profile)),
        (pages::SESSIONS, get(get::page).post(account_forms::sessions)),
    ];
    let of_carnet = pages.into_iter().filter(|(path, _)| !place.own.contains(path));
    of_carnet
        .fold(Router::new(), |routes, (path, page)| routes.route(&place.path_to(path), page))
        .route(paths::CHANGE_PASSWORD, get(get::change_password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_plain_path() {
        for prefix in ["", "/account", "/my/account", "/a-b.c"] {
            assert_eq!(checked_prefix(prefix), prefix);
        }
    }

    #[test]
    fn a_prefix_that_is_no_path_is_refused_with_the_fix() {
        for prefix in
            ["/", "account", "/account/", "//a", "/{id}", "/*", "/a b", "/é", "/..", "/a?b"]
        {
            let refused = std::panic::catch_unwind(|| checked_prefix(prefix)).unwrap_err();
            let message = refused.downcast::<String>().unwrap();
            assert!(message.contains("such as \"/account\""), "{prefix}: {message}");
        }
    }
}
