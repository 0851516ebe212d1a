//! Calls of other services that take Carnet's access tokens, each a token of its own (RFC 8707).

use carnet_shared::{ErrorCode, RefreshRequest, Secret, TokenResponse, paths};

use super::core::AuthClient;
use super::read::{body_of, read};
use crate::AuthError;
use crate::edges::Method;
use crate::engine::{Event, Grant, Moment};

/// How long the server may take to issue a token.
const ISSUE_MS: u32 = 8_000;

/// An access token for another service. It stays in the memory of this tab.
pub(super) struct ResourceToken {
    resource: String,
    session: String,
    token: Secret,
    received: Moment,
    /// How long it is used, from then on.
    good_for_ms: i64,
}

impl AuthClient {
    /// Sends a request of your own to another service, with an access token for that service only. The
    /// service's name is one of `tokens.resources` in Carnet's settings. `send` gets the token, or `None` if
    /// nobody is signed in. It must not send the token to any other service. If `is_refused` says that the
    /// answer is a 401, `send` runs once more with a new token.
    ///
    /// ```
    /// use carnet_client::{AuthClient, AuthError};
    ///
    /// async fn status_of(client: &AuthClient, fetch: impl AsyncFn(Option<&str>) -> u16) -> Result<u16, AuthError> {
    ///     client.call_resource("https://api.example.org", fetch, |status| *status == 401).await
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`Self::call_with_token`], and what Carnet says where its settings do not name the service.
    pub async fn call_resource<T>(
        &self,
        resource: &str,
        send: impl AsyncFn(Option<&str>) -> T,
        is_refused: impl Fn(&T) -> bool,
    ) -> Result<T, AuthError> {
        let session = self.state().session_id().map(str::to_owned);
        let grant = match self.grant_for(session.as_deref(), None).await {
            Ok(grant) => grant,
            Err(AuthError::SignedOut) if session.is_none() => return Ok(send(None).await),
            Err(error) => return Err(error),
        };
        let first = self.resource_token(resource, &grant, None).await?;
        let answer = send(Some(first.expose())).await;
        if !is_refused(&answer) {
            return Ok(answer);
        }
        let grant = self.grant_for(Some(&grant.session), None).await?;
        let second = self.resource_token(resource, &grant, Some(&first)).await?;
        Ok(send(Some(second.expose())).await)
    }

    /// The token at hand, or a new one. `refused` is the one that got a 401.
    async fn resource_token(
        &self,
        resource: &str,
        grant: &Grant,
        refused: Option<&Secret>,
    ) -> Result<Secret, AuthError> {
        if let Some(token) = self.token_at_hand(resource, grant, refused) {
            return Ok(token);
        }
        match self.issue(resource, grant, refused).await {
            // What that means for the session, a refresh finds out.
            Err(AuthError::Problem(problem)) if is_of_the_session(problem.code) => {
                let grant = self.grant_for(Some(&grant.session), Some(grant.serial)).await?;
                self.issue(resource, &grant, refused).await
            }
            issued => issued,
        }
    }

    /// Asks for a token. The refresh token rotates along, so this is done as a refresh is: under the lock,
    /// and with the attempt in the storage.
    async fn issue(
        &self,
        resource: &str,
        grant: &Grant,
        refused: Option<&Secret>,
    ) -> Result<Secret, AuthError> {
        let _lock = self.lock().await;
        // A call before this one may have fetched it meanwhile.
        if let Some(token) = self.token_at_hand(resource, grant, refused) {
            return Ok(token);
        }
        self.dispatch(Event::AttemptWanted);
        let (record, refresh_token) = self.look(|engine, context| {
            let refresh_token = engine.refresh_token(&context);
            (context.stored.record, refresh_token)
        });
        let attempt = record.attempt.clone();
        let body = body_of(&RefreshRequest {
            refresh_token,
            attempt: record.attempt,
            previous: record.previous,
            session: Some(grant.session.clone()),
            resource: Some(resource.to_owned()),
        });
        let request = self.request(Method::Post, paths::REFRESH, body);
        let answer: TokenResponse = read(self.send_within(ISSUE_MS, request).await)?;
        let token = answer.access_token.clone();
        self.keep(ResourceToken {
            resource: resource.to_owned(),
            session: grant.session.clone(),
            token: token.clone(),
            received: self.inner.edges.clock.now(),
            good_for_ms: answer.expires_in.saturating_mul(900),
        });
        self.dispatch(Event::Rotated { answer, attempt });
        // Somebody may have signed out while it was on its way.
        self.grant_for(Some(&grant.session), None).await.map(|_| token)
    }

    fn token_at_hand(
        &self,
        resource: &str,
        grant: &Grant,
        refused: Option<&Secret>,
    ) -> Option<Secret> {
        let now = self.inner.edges.clock.now();
        let tokens = self.inner.resource_tokens.borrow();
        let found = tokens.iter().find(|it| {
            it.resource == resource
                && it.session == grant.session
                && refused != Some(&it.token)
                && now.since(it.received) < it.good_for_ms
        });
        found.map(|it| it.token.clone())
    }

    /// Keeps a token in the place of the one before it, and of those of other sessions.
    fn keep(&self, token: ResourceToken) {
        let mut tokens = self.inner.resource_tokens.borrow_mut();
        tokens.retain(|it| it.session == token.session && it.resource != token.resource);
        tokens.push(token);
    }
}

/// Whether the server has spoken of the session or the attempt, and not of the resource.
fn is_of_the_session(code: ErrorCode) -> bool {
    code.signs_out() || matches!(code, ErrorCode::Superseded | ErrorCode::SessionChanged)
}
