use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::{FromRef, FromRequestParts, OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use carnet_app::{AuthState, Page};
use carnet_leptos::{Handover, Refused, Requirement, Verdict, return_to};
use carnet_shared::Delivery;
use leptos::IntoView;
use tower::{Layer, Service};

use super::get::{lead_to, path_and_query, unavailable};
use super::guarded_routes::GuardedRoutes;
use super::render::{page_data, render};
use super::server_functions::{ServerFunctions, called_by};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::ApiError;
use crate::request::{Caller, Cookies, require_same_origin};

/// A layer for the pages of your own app: it finds out who asks before anything is rendered. It goes
/// by the cookie, so it serves pages.
///
/// [`PageGuard::anyone`] lets everybody through and is for the whole app: what it has found out is
/// there for [`PageVisitor`], for `<CarnetProvider>` of `carnet-leptos`, and for the server functions
/// that ask `carnet_leptos::server::user`. [`PageGuard::app`] also refuses what the app's own routes guard.
///
/// [`PageGuard::user`] and [`PageGuard::role`] refuse everybody else; give them to `route_layer`. They
/// redirect a visitor who is not signed in to the sign-in page and back, with an empty answer. An account without the role gets 403,
/// as a page. A browser whose cookie alone does not tell gets a page that finds out and then asks
/// again; with `client.delivery = "body"`, where there is no cookie, nobody comes through. What changes
/// something (POST and the like) has to come from a page of this site, else it gets 403.
///
/// ```
/// use std::sync::Arc;
///
/// use axum::{Router, routing::get};
/// use carnet_server::{App, PageGuard, router};
///
/// fn own_app(carnet: &Arc<App>) -> Router {
///     let ledger = Router::new()
///         .route("/ledger", get(async || "Only bookkeepers read this."))
///         .route_layer(PageGuard::role(carnet, "bookkeeper"));
///     ledger.merge(router(carnet))
/// }
/// ```
#[derive(Debug, Clone)]
pub struct PageGuard {
    app: Arc<App>,
    admits: Admits,
}

/// Who comes through.
#[derive(Debug, Clone)]
enum Admits {
    /// Everybody, except where a route of the app requires more.
    Anyone { functions: Arc<ServerFunctions>, routes: Arc<GuardedRoutes> },
    /// Only these.
    Only(Requirement),
}

impl PageGuard {
    /// For everybody: only finds out who it is. A request of another site that changes something is
    /// nobody's, whatever cookie it brings along.
    ///
    /// Server functions are held to the rule that Leptos leaves to its apps: a call has to carry an
    /// access token or to come from a page of this site, GET encodings included.
    pub fn anyone(app: &Arc<App>) -> Self {
        Self::with_routes(app, GuardedRoutes::default())
    }

    /// For a whole Leptos app: as [`PageGuard::anyone`], and before a page is rendered that the app guards
    /// with a `<UserRoute>` or a `<RoleRoute>` of `carnet-leptos`, this decides as [`PageGuard::user`] and
    /// [`PageGuard::role`] do. `pages` is the app's root component, or the part of it with the routes.
    ///
    /// # Panics
    /// When two guarded routes have the same path.
    pub fn app<V: IntoView + 'static>(
        app: &Arc<App>,
        pages: impl Fn() -> V + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::with_routes(app, GuardedRoutes::of(pages))
    }

    fn with_routes(app: &Arc<App>, routes: GuardedRoutes) -> Self {
        let functions = Arc::new(ServerFunctions::registered());
        let routes = Arc::new(routes);
        Self { app: Arc::clone(app), admits: Admits::Anyone { functions, routes } }
    }

    /// For everybody who is signed in.
    pub fn user(app: &Arc<App>) -> Self {
        Self { app: Arc::clone(app), admits: Admits::Only(Requirement::User) }
    }

    /// For accounts that have this role.
    pub fn role(app: &Arc<App>, role: &str) -> Self {
        Self { app: Arc::clone(app), admits: Admits::Only(Requirement::Role(role.to_owned())) }
    }

    /// Lets a request through, with what was found out about it, or says what to answer instead.
    async fn admit(&self, request: Request) -> Result<(Option<Visitor>, Request), Response> {
        let (mut parts, body) = request.into_parts();
        let is_foreign =
            !parts.method.is_safe() && require_same_origin(&parts.headers, &self.app).is_err();
        match &self.admits {
            Admits::Anyone { functions, .. } if functions.has(&parts) => {
                let found = called_by(&mut parts, &self.app).await;
                if matches!(found.user, Err(Refused::CrossSite)) {
                    return Err(foreign("This call"));
                }
                parts.extensions.insert(found);
                return Ok((None, Request::from_parts(parts, body)));
            }
            Admits::Anyone { .. } if is_foreign => {
                self.hand_over(&mut parts, AuthState::Anonymous(None));
                return Ok((None, Request::from_parts(parts, body)));
            }
            Admits::Only(_) if is_foreign => return Err(foreign("This form")),
            Admits::Anyone { .. } | Admits::Only(_) => {}
        }
        let visitor = match look(&mut parts, &self.app).await {
            Ok(visitor) => visitor,
            Err(error) => return Err(unavailable(&self.app, &parts.uri, &error).await),
        };
        // Below a `nest` the address lacks what the nest has matched.
        let asked_for = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0);
        match self.refusal(&visitor.auth, asked_for).await {
            Some(response) => Err(visitor.answer(response)),
            None => {
                self.hand_over(&mut parts, visitor.auth.clone());
                Ok((Some(visitor), Request::from_parts(parts, body)))
            }
        }
    }

    /// Puts what was found out into the request: for handlers, and for what is rendered.
    fn hand_over(&self, parts: &mut Parts, auth: AuthState) {
        parts.extensions.insert(PageVisitor(auth.clone()));
        parts.extensions.insert(Handover {
            auth,
            settings: self.app.client_settings(),
            prefix: self.app.pages().prefix.clone(),
        });
    }

    /// Who may see what is asked for.
    fn requirement(&self, uri: &Uri) -> Option<&Requirement> {
        match &self.admits {
            Admits::Anyone { routes, .. } => routes.requirement(uri.path()),
            Admits::Only(requirement) => Some(requirement),
        }
    }

    async fn refusal(&self, auth: &AuthState, uri: &Uri) -> Option<Response> {
        let asked_for = path_and_query(uri);
        let page = match self.requirement(uri)?.verdict(auth) {
            Verdict::Welcome => return None,
            Verdict::SignInFirst => return Some(lead_to(&self.app.pages().sign_in(asked_for))),
            Verdict::NotAllowed => Page::Forbidden,
            Verdict::Waiting => match self.app.settings.client.delivery {
                Delivery::Cookie => Page::Waiting,
                // No cookie will ever tell.
                Delivery::Body | Delivery::Static => Page::Forbidden,
            },
        };
        let mut data = page_data(&self.app, page, auth.clone());
        data.next = return_to(asked_for).map(str::to_owned);
        Some(render(&self.app, uri, data).await)
    }
}

impl<S> Layer<S> for PageGuard {
    type Service = GuardedPages<S>;

    fn layer(&self, inner: S) -> GuardedPages<S> {
        GuardedPages { inner, guard: self.clone() }
    }
}

/// Pages behind a [`PageGuard`].
#[derive(Debug, Clone)]
pub struct GuardedPages<S> {
    inner: S,
    guard: PageGuard,
}

impl<S> Service<Request> for GuardedPages<S>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The one that was polled ready, and not its clone, has the right to be called.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let guard = self.guard.clone();
        Box::pin(async move {
            match guard.admit(request).await {
                Ok((visitor, request)) => {
                    let response = inner.call(request).await?;
                    Ok(match visitor {
                        Some(visitor) => visitor.answer(response),
                        None => response,
                    })
                }
                Err(response) => Ok(response),
            }
        })
    }
}

/// Who looks at a page, as far as the cookie tells: the seed of
/// [`provide_carnet`](carnet_leptos::provide_carnet). Take it as an argument of a handler, behind a
/// [`PageGuard`] or without one, where the state of your router gives an `Arc<App>`.
///
/// ```
/// use axum::response::Html;
/// use carnet_server::PageVisitor;
///
/// async fn shop(PageVisitor(auth): PageVisitor) -> Html<String> {
///     // The browser finds out who is unknown; until then the page shows nothing private.
///     let greeting = auth.user().map_or("Hello".to_owned(), |user| format!("Hello {}", user.username));
///     Html(greeting)
/// }
/// ```
#[derive(Debug, Clone)]
pub struct PageVisitor(pub AuthState);

impl<S> FromRequestParts<S> for PageVisitor
where
    S: Send + Sync,
    Arc<App>: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let app = Arc::<App>::from_ref(state);
        match look(parts, &app).await {
            Ok(visitor) => Ok(Self(visitor.auth)),
            Err(error) => Err(unavailable(&app, &parts.uri, &error).await),
        }
    }
}

fn foreign(what: &str) -> Response {
    let said = format!("{what} came from another site, so nothing was done.");
    (StatusCode::FORBIDDEN, said).into_response()
}

async fn look(parts: &mut Parts, app: &Arc<App>) -> Result<Visitor, ApiError> {
    let caller = match Caller::from_request_parts(parts, app).await {
        Ok(caller) => caller,
        Err(never) => match never {},
    };
    let cookies = Cookies::from_request_parts(parts, app).await?;
    Visitor::read(app, &caller, &cookies).await
}
