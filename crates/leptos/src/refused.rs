use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Why a server function does nothing for its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// Nobody is signed in: status 401.
    #[error("sign in first")]
    SignInFirst,
    /// The account lacks the role: status 403.
    #[error("this account may not do that")]
    NotAllowed,
    /// The call came from a page of another site: status 403.
    #[error("the call came from another site")]
    CrossSite,
    /// Carnet could not find out who calls, as its database does not answer: status 503.
    #[error("it cannot be found out who is signed in at the moment; try again")]
    Unavailable,
}

/// An error for server functions that tells refusals from everything else. A type of your own does as
/// well, if it has a `From<Refused>`.
///
/// ```
/// use carnet_leptos::{CarnetClient, Refused, ServerError};
/// use leptos::prelude::*;
///
/// #[server(client = CarnetClient)]
/// async fn add_todo(text: String) -> Result<(), ServerError> {
///     let user = carnet_leptos::server::require_user().await?;
///     leptos::logging::log!("{} wants to {text}", user.username);
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ServerError {
    /// The caller is refused.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The call itself failed, on the way or in the function.
    #[error(transparent)]
    Failed(#[from] ServerFnErrorErr),
}

impl FromServerFnError for ServerError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::Failed(error)
    }
}
