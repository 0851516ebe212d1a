use carnet_leptos::Requirement;
use carnet_leptos::server::{ListedPath, listed_paths};
use leptos::IntoView;
use matchit::Router;

/// Who may see which of an app's routes, as the app's own router says it. It knows all routes: a public one
/// may be a special case of a guarded one.
#[derive(Debug, Default)]
pub(super) struct GuardedRoutes(Router<Option<Requirement>>);

impl GuardedRoutes {
    /// Reads the routes of an app.
    ///
    /// # Panics
    /// When two guarded routes have the same path.
    pub(super) fn of<V: IntoView + 'static>(
        pages: impl Fn() -> V + Clone + Send + Sync + 'static,
    ) -> Self {
        let (guarded, public): (Vec<_>, Vec<_>) =
            listed_paths(pages).into_iter().partition(|listed| listed.requirement.is_some());
        let mut routes = Router::new();
        for ListedPath { path, requirement } in guarded {
            if let Err(error) = routes.insert(&path, requirement) {
                panic!("{path}: this route cannot be guarded, since {error}");
            }
        }
        for ListedPath { path, .. } in public {
            // Where a guarded route has the same path, the guard holds.
            let _ = routes.insert(&path, None);
        }
        Self(routes)
    }

    /// Who may see what is at a path. The app's router also answers with a slash at the end.
    pub(super) fn requirement(&self, path: &str) -> Option<&Requirement> {
        let path = match path.strip_suffix('/') {
            Some(shorter) if !shorter.is_empty() => shorter,
            _ => path,
        };
        self.0.at(path).ok()?.value.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use carnet_leptos::{RoleRoute, UserRoute};
    use leptos::prelude::*;
    use leptos_router::components::{Outlet, ParentRoute, Route, Router, Routes};
    use leptos_router::path;

    use super::*;

    #[component]
    fn App() -> impl IntoView {
        view! {
            <Router>
                <Routes fallback=|| "Not found.">
                    <Route path=path!("/") view=|| "Start" />
                    <UserRoute path=path!("/todos/:id") view=|| "One" />
                    <Route path=path!("/todos/example") view=|| "For everybody" />
                    <ParentRoute path=path!("/staff") view=Outlet>
                        <Route path=path!("") view=|| "For everybody" />
                        <RoleRoute path=path!("/ledger") role="bookkeeper" view=|| "Ledger" />
                        <UserRoute path=path!("/files/*rest") view=|| "Files" />
                    </ParentRoute>
                </Routes>
            </Router>
        }
    }

    #[test]
    fn every_guarded_route_is_known_by_its_whole_path() {
        let routes = GuardedRoutes::of(App);
        let bookkeeper = Requirement::Role("bookkeeper".to_owned());
        for (path, requirement) in [
            ("/", None),
            ("/todos", None),
            ("/todos/7", Some(&Requirement::User)),
            ("/todos/7/", Some(&Requirement::User)),
            ("/todos/example", None),
            ("/staff", None),
            ("/staff/ledger", Some(&bookkeeper)),
            ("/staff/ledger/", Some(&bookkeeper)),
            ("/staff/files/a/b.txt", Some(&Requirement::User)),
            ("/ledger", None),
        ] {
            assert_eq!(routes.requirement(path), requirement, "{path}");
        }
    }

    #[test]
    fn a_guard_leaves_no_mark_in_the_routes_that_axum_answers() {
        let routes = leptos_axum::generate_route_list(App);
        let paths: Vec<_> = routes.iter().map(|route| route.path()).collect();
        assert!(paths.contains(&"/staff/ledger"), "{paths:?}");
        assert!(!paths.iter().any(|path| path.contains('\u{1}')), "{paths:?}");
    }
}
