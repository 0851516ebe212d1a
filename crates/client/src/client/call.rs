use carnet_shared::Secret;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::core::AuthClient;
use super::read::{body_of, read};
use crate::edges::{HttpAnswer, HttpRequest, Method, Unreachable};
use crate::engine::Grant;
use crate::{AuthError, is_local_path};

impl AuthClient {
    /// Reads from a path, in the name of whoever is signed in.
    ///
    /// # Errors
    /// Whatever keeps the answer from coming; see [`AuthError`].
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, AuthError> {
        read(self.call(Method::Get, path, None).await?)
    }

    /// Sends a body to a path, in the name of whoever is signed in.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, AuthError> {
        read(self.call(Method::Post, path, body_of(body)).await?)
    }

    /// Puts something in the place of what is at a path, in the name of whoever is signed in.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, AuthError> {
        read(self.call(Method::Put, path, body_of(body)).await?)
    }

    /// Changes what is at a path, in the name of whoever is signed in.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, AuthError> {
        read(self.call(Method::Patch, path, body_of(body)).await?)
    }

    /// Ends what is at a path, in the name of whoever is signed in. Read `()` from an answer
    /// without content.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, AuthError> {
        read(self.call(Method::Delete, path, None).await?)
    }

    /// Sends a request with a token, and once more with a new one if the answer is 401.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Secret>,
    ) -> Result<Result<HttpAnswer, Unreachable>, AuthError> {
        let request = self.request(method, path, body);
        // The token is for one origin only.
        if !is_local_path(path) {
            return Ok(self.send(request).await);
        }
        let send = async |token: Option<&str>| {
            let bearer = token.map(Secret::new);
            self.send(HttpRequest { bearer, ..request.clone() }).await
        };
        let is_refused =
            |answer: &Result<HttpAnswer, _>| matches!(answer, Ok(answer) if answer.status == 401);
        self.call_with_token(send, is_refused).await
    }

    /// Sends a request of your own with the access token. `send` gets the token, or `None` if nobody is
    /// signed in. It must not send the token to another origin. If `is_refused` says that the answer is
    /// a 401, `send` runs once more with a new token.
    ///
    /// ```
    /// use carnet_client::{AuthClient, AuthError};
    ///
    /// async fn status_of(client: &AuthClient, fetch: impl AsyncFn(Option<&str>) -> u16) -> Result<u16, AuthError> {
    ///     client.call_with_token(fetch, |status| *status == 401).await
    /// }
    /// ```
    ///
    /// # Errors
    /// Whatever keeps a token from coming, and [`AuthError::SignedOut`] when the session in which the
    /// call was made has ended meanwhile.
    pub async fn call_with_token<T>(
        &self,
        send: impl AsyncFn(Option<&str>) -> T,
        is_refused: impl Fn(&T) -> bool,
    ) -> Result<T, AuthError> {
        let session = self.state().session_id().map(str::to_owned);
        let first = match self.grant_for(session.as_deref(), None).await {
            Ok(grant) => grant,
            // Nobody was signed in when the call was made: whether that will do is for the
            // server to say.
            Err(AuthError::SignedOut) if session.is_none() => return Ok(send(None).await),
            Err(error) => return Err(error),
        };
        let answer = send(Some(first.token.expose())).await;
        if !is_refused(&answer) {
            return Ok(answer);
        }
        let second = self.grant_for(Some(&first.session), Some(first.serial)).await?;
        Ok(send(Some(second.token.expose())).await)
    }

    /// A token of the session in which the call was made: nothing is ever done in the name of
    /// somebody who has signed in since.
    pub(super) async fn grant_for(
        &self,
        session: Option<&str>,
        refused: Option<u64>,
    ) -> Result<Grant, AuthError> {
        let grant = self.token(refused).await?;
        match session {
            Some(session) if session != grant.session => Err(AuthError::SignedOut),
            _ => Ok(grant),
        }
    }

    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, Unreachable> {
        self.inner.edges.transport.send(request).await
    }
}

pub(super) fn with_token(request: &HttpRequest, grant: &Grant) -> HttpRequest {
    HttpRequest { bearer: Some(grant.token.clone()), ..request.clone() }
}
