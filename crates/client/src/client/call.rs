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
        let session = self.state().session_id().map(str::to_owned);
        // The token is for one origin only.
        if !is_local_path(path) {
            return Ok(self.send(request).await);
        }
        let first = match self.grant_for(session.as_deref(), None).await {
            Ok(grant) => grant,
            // Nobody was signed in when the call was made: whether that will do is for the
            // server to say.
            Err(AuthError::SignedOut) if session.is_none() => return Ok(self.send(request).await),
            Err(error) => return Err(error),
        };
        let answer = self.send(with_token(&request, &first)).await;
        if !matches!(&answer, Ok(answer) if answer.status == 401) {
            return Ok(answer);
        }
        let second = self.grant_for(Some(&first.session), Some(first.serial)).await?;
        Ok(self.send(with_token(&request, &second)).await)
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
