use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::http::Request;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use tower::{Layer, Service};

use super::Denied;
use super::authenticated::{Authenticated, find};
use crate::ResourceServer;

impl ResourceServer {
    /// A layer that lets only requests with a good access token through, and puts
    /// `Verified<Claims>` into their extensions, where handlers and [`Authenticated`] find it. Give
    /// it to `route_layer`, so that an address that does not exist answers 404 and not 401.
    pub fn layer(&self) -> RequireToken {
        RequireToken { server: self.clone(), role: None }
    }

    /// The same for accounts that had this role when the token was issued; others get 403.
    pub fn require_role(&self, role: &str) -> RequireToken {
        RequireToken { server: self.clone(), role: Some(role.into()) }
    }
}

/// A layer that demands an access token: [`ResourceServer::layer`].
#[derive(Debug, Clone)]
pub struct RequireToken {
    server: ResourceServer,
    role: Option<Arc<str>>,
}

impl<S> Layer<S> for RequireToken {
    type Service = RequireTokenService<S>;

    fn layer(&self, inner: S) -> RequireTokenService<S> {
        RequireTokenService { inner, required: self.clone() }
    }
}

/// A service that demands an access token before it asks the one inside.
#[derive(Debug, Clone)]
pub struct RequireTokenService<S> {
    inner: S,
    required: RequireToken,
}

impl<S, B> Service<Request<B>> for RequireTokenService<S>
where
    S: Service<Request<B>, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that was polled ready, and not its clone, has the right to be called.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let required = self.required.clone();
        Box::pin(async move {
            match required.admit(request).await {
                Ok(request) => inner.call(request).await,
                Err(denied) => Ok(denied.into_response()),
            }
        })
    }
}

impl RequireToken {
    async fn admit<B>(&self, request: Request<B>) -> Result<Request<B>, Denied> {
        let (mut parts, body) = request.into_parts();
        let found: Option<Authenticated<Map<String, Value>>> = find(&parts, &self.server).await?;
        let authenticated = found.ok_or(Denied::Missing)?;
        if let Some(role) = &self.role {
            authenticated.require_role(role)?;
        }
        parts.extensions.insert(authenticated.into_verified());
        Ok(Request::from_parts(parts, body))
    }
}
