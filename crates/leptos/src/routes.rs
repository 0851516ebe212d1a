use leptos::prelude::*;
use leptos_router::{
    GeneratedRouteData, MatchNestedRoutes, NestedRoute, PathSegment, PossibleRouteMatch,
    RouteMatchId, SsrMode,
};

use crate::guards::guard;
use crate::requirement::{ListGuards, Requirement};

/// A route for everybody who is signed in. Others are led to sign in, and back; between two pages of
/// the app's own router nothing is loaded for that.
///
/// On the server, `carnet_server::PageGuard::app` reads the routes of the app and decides before anything
/// is rendered.
///
/// ```
/// use carnet_leptos::{RoleRoute, UserRoute};
/// use leptos::prelude::*;
/// use leptos_router::components::{FlatRoutes, Route};
/// use leptos_router::path;
///
/// # #[component]
/// # fn Start() -> impl IntoView {}
/// # #[component]
/// # fn Todos() -> impl IntoView {}
/// # #[component]
/// # fn Admin() -> impl IntoView {}
/// #[component]
/// fn Pages() -> impl IntoView {
///     view! {
///         <FlatRoutes fallback=|| "There is nothing here.">
///             <Route path=path!("/") view=Start />
///             <UserRoute path=path!("/todos") view=Todos />
///             <RoleRoute path=path!("/admin") role="admin" view=Admin />
///         </FlatRoutes>
///     }
/// }
/// ```
#[component(transparent)]
pub fn UserRoute<Segments, View, Shown>(
    /// The path, as for a `<Route>`.
    path: Segments,
    /// The page.
    view: View,
    /// What is shown until it is known who is there.
    #[prop(optional, into)]
    waiting: ViewFn,
    /// How the server renders it.
    #[prop(optional)]
    ssr: SsrMode,
) -> impl MatchNestedRoutes + Clone + Send + 'static
where
    Segments: PossibleRouteMatch + Clone + Send + 'static,
    View: Fn() -> Shown + Clone + Send + Sync + 'static,
    Shown: IntoView + 'static,
{
    guarded(path, Requirement::User, view, waiting, ViewFn::default(), ssr)
}

/// A route for accounts that have a role. Those who are signed in without it see `otherwise`, others are
/// led to sign in, and back. See [`UserRoute`].
#[component(transparent)]
pub fn RoleRoute<Segments, View, Shown>(
    /// The path, as for a `<Route>`.
    path: Segments,
    /// The role.
    #[prop(into)]
    role: String,
    /// The page.
    view: View,
    /// What others see who are signed in.
    #[prop(optional, into)]
    otherwise: ViewFn,
    /// What is shown until it is known who is there.
    #[prop(optional, into)]
    waiting: ViewFn,
    /// How the server renders it.
    #[prop(optional)]
    ssr: SsrMode,
) -> impl MatchNestedRoutes + Clone + Send + 'static
where
    Segments: PossibleRouteMatch + Clone + Send + 'static,
    View: Fn() -> Shown + Clone + Send + Sync + 'static,
    Shown: IntoView + 'static,
{
    guarded(path, Requirement::Role(role), view, waiting, otherwise, ssr)
}

fn guarded<Segments, View, Shown>(
    path: Segments,
    requirement: Requirement,
    view: View,
    waiting: ViewFn,
    otherwise: ViewFn,
    ssr: SsrMode,
) -> impl MatchNestedRoutes + Clone + Send + 'static
where
    Segments: PossibleRouteMatch + Clone + Send + 'static,
    View: Fn() -> Shown + Clone + Send + Sync + 'static,
    Shown: IntoView + 'static,
{
    let required = requirement.clone();
    let page = move || {
        let children = ViewFn::from(view.clone());
        guard(required.clone(), children, waiting.clone(), otherwise.clone())
    };
    GuardedRoute { route: NestedRoute::new(path, page).ssr_mode(ssr), requirement }
}

/// A route that says in the list of routes who may see it.
#[derive(Clone)]
struct GuardedRoute<Route> {
    route: Route,
    requirement: Requirement,
}

impl<Route: MatchNestedRoutes> MatchNestedRoutes for GuardedRoute<Route> {
    type Data = Route::Data;
    type Match = Route::Match;

    fn optional(&self) -> bool {
        self.route.optional()
    }

    fn match_nested<'a>(&'a self, path: &'a str) -> (Option<(RouteMatchId, Self::Match)>, &'a str) {
        self.route.match_nested(path)
    }

    fn generate_routes(&self) -> impl IntoIterator<Item = GeneratedRouteData> + '_ {
        // Parent routes put their segments first, so the mark comes after the whole path. It is added only
        // while `listed_paths` reads the routes.
        let mark = use_context::<ListGuards>()
            .map(|ListGuards| PathSegment::Static(self.requirement.to_mark().into()));
        self.route.generate_routes().into_iter().map(move |mut route| {
            route.segments.extend(mark.clone());
            route
        })
    }
}
