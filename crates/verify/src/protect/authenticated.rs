use std::ops::Deref;

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use carnet_shared::Claims;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Denied;
use crate::{Bearer, Refusal, ResourceServer, Verified, bearer_token};

/// Who is signed in: to take it as an argument of a handler is to demand a good access token. As
/// `Option<Authenticated>` it is `None` where no token came along, and a bad one is refused still.
///
/// It derefs to the claims. `C` is the deployment's own claims, as a type of yours or as they come.
/// The app's state must be a [`ResourceServer`] or one can be had from it ([`FromRef`]).
///
/// ```
/// use axum::{Router, routing::get};
/// use carnet_verify::{Authenticated, ResourceServer};
///
/// async fn orders(who: Authenticated) -> String {
///     format!("The orders of {}", who.username)
/// }
///
/// let server = ResourceServer::new("https://id.example.org", "https://api.example.org")?;
/// let app: Router = Router::new().route("/orders", get(orders)).with_state(server);
/// # Ok::<(), carnet_verify::SetupError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Authenticated<C = Map<String, Value>>(Verified<Claims<C>>);

impl<C> Authenticated<C> {
    /// Demands a role.
    ///
    /// # Errors
    /// [`Denied::Role`], an answer with status 403, when the account did not have it when the
    /// token was issued.
    pub fn require_role(&self, role: &str) -> Result<(), Denied> {
        if self.has_role(role) { Ok(()) } else { Err(Denied::Role) }
    }

    /// The claims, taken out.
    pub fn into_verified(self) -> Verified<Claims<C>> {
        self.0
    }
}

impl<C> Deref for Authenticated<C> {
    type Target = Claims<C>;

    fn deref(&self) -> &Claims<C> {
        self.0.claims()
    }
}

impl<S, C> FromRequestParts<S> for Authenticated<C>
where
    ResourceServer: FromRef<S>,
    S: Send + Sync,
    C: DeserializeOwned + Send,
{
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Denied> {
        let server = ResourceServer::from_ref(state);
        find(parts, &server).await?.ok_or(Denied::Missing)
    }
}

impl<S, C> OptionalFromRequestParts<S> for Authenticated<C>
where
    ResourceServer: FromRef<S>,
    S: Send + Sync,
    C: DeserializeOwned + Send,
{
    type Rejection = Denied;

    /// Absent is fine, bad is not: who sends a token means to be somebody.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Denied> {
        find(parts, &ResourceServer::from_ref(state)).await
    }
}

/// Whoever a request is of. What a layer has verified is not verified again if it was for the same
/// issuer and audience.
pub(super) async fn find<C: DeserializeOwned>(
    parts: &Parts,
    server: &ResourceServer,
) -> Result<Option<Authenticated<C>>, Denied> {
    if let Some(verified) = parts.extensions.get::<Verified<Claims>>()
        && server.accepts(verified)
    {
        let verified = verified.clone().with_custom().ok_or(Refusal::Claims)?;
        return Ok(Some(Authenticated(verified)));
    }
    let headers = parts.headers.get_all(AUTHORIZATION).iter().map(|value| value.as_bytes());
    let Bearer::Token(token) = bearer_token(headers)? else { return Ok(None) };
    let verified = server.verify_as(token).await?;
    Ok(Some(Authenticated(verified)))
}
