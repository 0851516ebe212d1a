use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::{FromRef, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use carnet_app::auth::{return_to, sign_in_path};
use carnet_app::{AuthState, Page};
use carnet_shared::Delivery;
use tower::{Layer, Service};

use super::get::{lead_to, path_and_query, unavailable};
use super::render::{page_data, render};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::ApiError;
use crate::request::{Caller, Cookies, require_same_origin};

/// A layer for the pages of your own app: who may not see one is turned away before anything of it
/// is rendered. It goes by the cookie, so it serves pages; give it to `route_layer`.
///
/// Whoever is signed in comes through, and the handler may take [`PageVisitor`]. Whoever is not is
/// led to sign in and back, by an empty answer. An account without the role gets 403, as a page. A
/// browser whose cookie alone does not tell gets a page that finds out and then asks again; with
/// `client.delivery = "body"`, where there is no cookie, nobody comes through. What changes
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
    role: Option<Arc<str>>,
}

impl PageGuard {
    /// For everybody who is signed in.
    pub fn user(app: &Arc<App>) -> Self {
        Self { app: Arc::clone(app), role: None }
    }

    /// For accounts that have this role.
    pub fn role(app: &Arc<App>, role: &str) -> Self {
        Self { app: Arc::clone(app), role: Some(role.into()) }
    }

    /// Lets a request through, with its [`PageVisitor`], or says what to answer instead.
    async fn admit(&self, request: Request) -> Result<(Visitor, Request), Response> {
        let (mut parts, body) = request.into_parts();
        if !parts.method.is_safe() && require_same_origin(&parts.headers, &self.app).is_err() {
            let said = "This form came from another site, so nothing was done.";
            return Err((StatusCode::FORBIDDEN, said).into_response());
        }
        let visitor =
            look(&mut parts, &self.app).await.map_err(|error| unavailable(&self.app, &error))?;
        match self.refusal(&visitor.auth, &parts.uri) {
            Some(response) => Err(visitor.answer(response)),
            None => {
                parts.extensions.insert(PageVisitor(visitor.auth.clone()));
                Ok((visitor, Request::from_parts(parts, body)))
            }
        }
    }

    fn refusal(&self, auth: &AuthState, uri: &Uri) -> Option<Response> {
        let asked_for = path_and_query(uri);
        let page = match auth {
            AuthState::Anonymous(_) => return Some(lead_to(&sign_in_path(asked_for))),
            AuthState::SignedIn { user, .. } => match self.role.as_deref() {
                Some(role) if !user.has_role(role) => Page::Forbidden,
                _ => return None,
            },
            AuthState::Unknown => match self.app.settings.client.delivery {
                Delivery::Cookie => Page::Waiting,
                // No cookie will ever tell.
                Delivery::Body | Delivery::Static => Page::Forbidden,
            },
        };
        let mut data = page_data(&self.app, page, auth.clone());
        data.next = return_to(asked_for).map(str::to_owned);
        Some(render(&self.app, data))
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
                Ok((visitor, request)) => Ok(visitor.answer(inner.call(request).await?)),
                Err(response) => Ok(response),
            }
        })
    }
}

/// Who looks at a page, as far as the cookie tells: the seed of
/// [`provide_auth`](carnet_app::auth::provide_auth). Take it as an argument of a handler, behind a
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
            Err(error) => Err(unavailable(&app, &error)),
        }
    }
}

async fn look(parts: &mut Parts, app: &Arc<App>) -> Result<Visitor, ApiError> {
    let caller = match Caller::from_request_parts(parts, app).await {
        Ok(caller) => caller,
        Err(never) => match never {},
    };
    let cookies = Cookies::from_request_parts(parts, app).await?;
    Visitor::read(app, &caller, &cookies).await
}
