use std::fmt;

use carnet_leptos::{AuthClient, AuthError};
use reqwasm::Error;
use reqwasm::http::{Request, RequestBuilder, Response};
use serde::Serialize;

/// The API of the notes, called in the name of whoever is signed in.
pub(crate) struct Api {
    client: AuthClient,
    address: String,
}

/// Why a call of the API came to nothing.
#[derive(Clone)]
pub(crate) enum ApiError {
    /// There is no token for it.
    Carnet(AuthError),
    /// No answer came, or one that cannot be read.
    Unreachable,
    /// It refused, with this status.
    Refused(u16),
}

#[derive(Serialize)]
struct NewNote<'a> {
    text: &'a str,
}

impl Api {
    pub(crate) fn new(client: AuthClient, address: String) -> Self {
        Self { client, address }
    }

    /// All notes.
    pub(crate) async fn notes(&self) -> Result<Vec<String>, ApiError> {
        self.call(Request::get, RequestBuilder::build).await
    }

    /// Keeps a note, and gives all of them.
    pub(crate) async fn add(&self, text: &str) -> Result<Vec<String>, ApiError> {
        self.call(Request::post, |request| request.json(&NewNote { text })).await
    }

    async fn call(
        &self,
        begin: impl Fn(&str) -> RequestBuilder,
        finish: impl Fn(RequestBuilder) -> Result<Request, Error>,
    ) -> Result<Vec<String>, ApiError> {
        let url = format!("{}/notes", self.address);
        let send = async |token: Option<&str>| {
            let mut request = begin(&url);
            if let Some(token) = token {
                request = request.header("Authorization", &format!("Bearer {token}"));
            }
            finish(request)?.send().await
        };
        let is_refused = |answer: &Result<Response, Error>| matches!(answer, Ok(answer) if answer.status() == 401);
        // The token is for this API and nothing else: the API could do nothing with it at Carnet.
        let answer = self.client.call_resource(&self.address, send, is_refused).await;
        match answer.map_err(ApiError::Carnet)? {
            Ok(answer) if answer.ok() => answer.json().await.map_err(|_| ApiError::Unreachable),
            Ok(answer) => Err(ApiError::Refused(answer.status())),
            Err(_) => Err(ApiError::Unreachable),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Carnet(error) => write!(formatter, "There is no token for the API: {error}"),
            Self::Unreachable => formatter.write_str(
                "There is no answer from the API. Either it cannot be reached, or its \
                 --allowed-origin does not name the origin of this page.",
            ),
            Self::Refused(status) => write!(formatter, "The API answered with status {status}."),
        }
    }
}
