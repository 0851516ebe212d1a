use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::{FromRef, FromRequestParts, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use carnet_app::{AuthState, Page};
use carnet_leptos::{
    DONE_IN_QUERY, Done, Handover, Refused, Requirement, Verdict, WrittenSessions, return_to,
};
use carnet_shared::Delivery;
use leptos::IntoView;
use tower::{Layer, Service};

use super::get::{asked_for, lead_to, path_and_query, query, unavailable};
use super::guarded_routes::GuardedRoutes;
use super::posted_here::{self, posted_form};
use super::refused_form::RefusedForm;
use super::render::{handover, page_data, render};
use super::server_functions::{ServerFunctions, called_by};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::ApiError;
use crate::request::{Caller, Cookies, SessionCookie, require_same_origin};
use crate::routes::sessions::sessions_of;

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
    /// The paths of the pages that show the account's devices.
    devices_at: Vec<String>,
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
        Self::new(app, Admits::Anyone { functions, routes })
    }

    /// For everybody who is signed in.
    pub fn user(app: &Arc<App>) -> Self {
        Self::new(app, Admits::Only(Requirement::User))
    }

    /// For accounts that have this role.
    pub fn role(app: &Arc<App>, role: &str) -> Self {
        Self::new(app, Admits::Only(Requirement::Role(role.to_owned())))
    }

    fn new(app: &Arc<App>, admits: Admits) -> Self {
        Self { app: Arc::clone(app), admits, devices_at: Vec::new() }
    }

    /// Names a page that shows the `<Devices>` of `carnet-leptos`, by its path. The server then puts the list
    /// into the page, which needs no script to show it.
    #[must_use]
    pub fn devices_at(mut self, path: &str) -> Self {
        self.devices_at.push(path.to_owned());
        self
    }

    /// Does what a form of `carnet-leptos` asks for that was sent without script, and lets a request
    /// through, with what was found out about it; or says what to answer instead.
    async fn admit(&self, request: Request) -> Result<Admitted, Response> {
        let (mut parts, body) = request.into_parts();
        if let Some(form) = self.takes_forms().then(|| posted_form(&parts)).flatten() {
            let request = Request::from_parts(parts, body);
            return Err(posted_here::take(&self.app, form, request).await);
        }
        let is_foreign =
            !parts.method.is_safe() && require_same_origin(&parts.headers, &self.app).is_err();
        match &self.admits {
            Admits::Anyone { functions, .. } if functions.has(&parts) => {
                let found = called_by(&mut parts, &self.app).await;
                if matches!(found.user, Err(Refused::CrossSite)) {
                    return Err(foreign("This call"));
                }
                parts.extensions.insert(found);
                return Ok(Admitted::unseen(Request::from_parts(parts, body)));
            }
            Admits::Anyone { .. } if is_foreign => {
                let language = self.app.site.languages.asked_for(&parts.headers);
                self.hand_over(&mut parts, &mut Visitor::nobody(language)).await;
                return Ok(Admitted::unseen(Request::from_parts(parts, body)));
            }
            Admits::Only(_) if is_foreign => return Err(foreign("This form")),
            Admits::Anyone { .. } | Admits::Only(_) => {}
        }
        let mut visitor = match look(&mut parts, &self.app).await {
            Ok(visitor) => visitor,
            Err(error) => {
                let language = self.app.site.languages.asked_for(&parts.headers);
                return Err(unavailable(&self.app, &parts.uri, language, &error).await);
            }
        };
        let uri = asked_for(&parts);
        let verdict = self.requirement(uri).map(|it| it.verdict(&visitor.auth));
        let verdict = verdict.unwrap_or(Verdict::Welcome);
        if let Some(response) = self.refusal(verdict, &visitor, &parts.method, uri).await {
            return Err(visitor.answer(response));
        }
        self.hand_over(&mut parts, &mut visitor).await;
        let request = Request::from_parts(parts, body);
        let is_forbidden = verdict == Verdict::NotAllowed;
        Ok(Admitted { visitor: Some(visitor), request, is_forbidden })
    }

    /// Puts what was found out into the request: for handlers, and for what is rendered.
    async fn hand_over(&self, parts: &mut Parts, visitor: &mut Visitor) {
        parts.extensions.insert(PageVisitor(visitor.auth.clone()));
        if !self.takes_forms() && parts.extensions.get::<Handover>().is_some() {
            // A layer around this one serves the whole app, and has said more.
            return;
        }
        let server = &self.app.settings.server;
        let refused = RefusedForm::of(&parts.headers, asked_for(parts).path(), server);
        let (form, next) = match refused.filter(|_| self.takes_forms()) {
            Some(RefusedForm { outcome, next, .. }) => {
                visitor.forget(SessionCookie::of(server).clear_form());
                (Some(outcome), next)
            }
            None => (None, query(&parts.uri, "next")),
        };
        parts.extensions.insert(Handover {
            forms_here: self.takes_forms(),
            form,
            done: query(&parts.uri, DONE_IN_QUERY).and_then(|slug| Done::from_slug(&slug)),
            next: next.filter(|next| return_to(next).is_some()),
            sessions: self.sessions(asked_for(parts).path(), visitor).await,
            texts: visitor.language.texts_for_apps(),
            style_sheets: self.app.site.style_sheets(),
            ..handover(&self.app, visitor.auth.clone())
        });
    }

    /// Whether forms of `carnet-leptos` are sent to the pages behind this layer.
    fn takes_forms(&self) -> bool {
        matches!(self.admits, Admits::Anyone { .. })
    }

    /// The devices, for a page that shows them. Where they cannot be had, the page asks itself.
    async fn sessions(&self, path: &str, visitor: &Visitor) -> Option<WrittenSessions> {
        let (user, session_id) = visitor.signed_in()?;
        if !self.devices_at.iter().any(|at| at == path) {
            return None;
        }
        match sessions_of(&self.app, &user.id, session_id).await {
            Ok(sessions) => Some(WrittenSessions::new(&sessions)),
            Err(error) => {
                error.log();
                None
            }
        }
    }

    /// Who may see what is asked for.
    fn requirement(&self, uri: &Uri) -> Option<&Requirement> {
        match &self.admits {
            Admits::Anyone { routes, .. } => routes.requirement(uri.path()),
            Admits::Only(requirement) => Some(requirement),
        }
    }

    /// Whether the app itself says what is not welcome: the guards of its routes do, and where Carnet's pages
    /// have no routes nothing of theirs would work.
    ///
    /// Only a page is left to them: whatever changes something is refused here.
    fn app_refuses(&self, method: &Method) -> bool {
        matches!(*method, Method::GET | Method::HEAD)
            && matches!(self.admits, Admits::Anyone { .. })
            && self.app.pages.get().is_none()
    }

    async fn refusal(
        &self,
        verdict: Verdict,
        visitor: &Visitor,
        method: &Method,
        uri: &Uri,
    ) -> Option<Response> {
        let auth = &visitor.auth;
        let asked_for = path_and_query(uri);
        let page = match verdict {
            Verdict::Welcome => return None,
            Verdict::SignInFirst => return Some(lead_to(&self.app.pages().sign_in(asked_for))),
            Verdict::NotAllowed | Verdict::Waiting if self.app_refuses(method) => return None,
            Verdict::NotAllowed => Page::Forbidden,
            Verdict::Waiting => match self.app.settings.client.delivery {
                Delivery::Cookie => Page::Waiting,
                // No cookie will ever tell.
                Delivery::Body | Delivery::Static => Page::Forbidden,
            },
        };
        let mut data = page_data(&self.app, page, auth.clone());
        data.handover.next = return_to(asked_for).map(str::to_owned);
        Some(render(&self.app, uri, data, visitor.language).await)
    }
}

/// A request that is let through.
struct Admitted {
    /// Who asks, for the answer.
    visitor: Option<Visitor>,
    request: Request,
    /// Whether the app is to say that this is not for the account.
    is_forbidden: bool,
}

impl Admitted {
    fn unseen(request: Request) -> Self {
        Self { visitor: None, request, is_forbidden: false }
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
                Ok(Admitted { visitor, request, is_forbidden }) => {
                    let mut response = inner.call(request).await?;
                    if is_forbidden && response.status() == StatusCode::OK {
                        *response.status_mut() = StatusCode::FORBIDDEN;
                    }
                    keep_from_caches(&mut response);
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
            Err(error) => {
                let language = app.site.languages.asked_for(&parts.headers);
                Err(unavailable(&app, &parts.uri, language, &error).await)
            }
        }
    }
}

/// A page shows who is signed in, so nobody keeps it, unless the app says otherwise.
fn keep_from_caches(response: &mut Response) {
    let headers = response.headers_mut();
    let is_page =
        headers.get(CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"text/html"));
    if is_page && !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
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
    let language = app.site.languages.asked_for(&parts.headers);
    Visitor::read(app, &caller, &cookies, language).await
}
