use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::Method;
use axum::http::request::Parts;
use carnet_leptos::server::CalledBy;
use carnet_leptos::{AuthState, Refused};
use carnet_shared::{ErrorCode, User};

use super::visitor::Visitor;
use crate::app::App;
use crate::error::ApiError;
use crate::request::{Caller, Cookies, Current, require_same_origin};

/// The addresses of the program's server functions.
#[derive(Debug)]
pub(super) struct ServerFunctions(HashSet<(Method, &'static str)>);

impl ServerFunctions {
    /// All that `#[server]` has registered.
    pub(super) fn registered() -> Self {
        let paths = leptos::server_fn::axum::server_fn_paths();
        Self(paths.map(|(path, method)| (method, path)).collect())
    }

    /// Whether a request calls one of them.
    pub(super) fn has(&self, parts: &Parts) -> bool {
        // HEAD is answered by what answers GET.
        let method = if parts.method == Method::HEAD { &Method::GET } else { &parts.method };
        self.0.contains(&(method.clone(), parts.uri.path()))
    }
}

/// Who calls a server function: the owner of the access token, else of the cookie, which counts only
/// in requests that a page of this site has sent.
pub(super) async fn called_by(parts: &mut Parts, app: &Arc<App>) -> CalledBy {
    let user = find(parts, app).await.map_err(|error| refused(&error));
    CalledBy { user, prefix: app.pages().prefix.clone() }
}

async fn find(parts: &mut Parts, app: &Arc<App>) -> Result<Option<User>, ApiError> {
    let current = <Current as OptionalFromRequestParts<_>>::from_request_parts(parts, app).await?;
    if let Some(current) = current {
        let row = app.store.user(&current.claims.sub).await?.ok_or_else(App::gone)?;
        return Ok(Some(row.user()?));
    }
    require_same_origin(&parts.headers, app)?;
    let cookies = Cookies::from_request_parts(parts, app).await?;
    let caller = match Caller::from_request_parts(parts, app).await {
        Ok(caller) => caller,
        Err(never) => match never {},
    };
    let language = app.site.languages.asked_for(&parts.headers);
    match Visitor::read(app, &caller, &cookies, language).await?.auth {
        AuthState::SignedIn { user, .. } => Ok(Some(user)),
        AuthState::Anonymous(_) => Ok(None),
        // The cookie alone does not tell.
        AuthState::Unknown => Err(ErrorCode::MissingToken.into()),
    }
}

fn refused(error: &ApiError) -> Refused {
    match error.code().status() {
        403 => Refused::CrossSite,
        status if status < 500 => Refused::SignInFirst,
        _ => {
            tracing::error!(%error, "it could not be found out who calls a server function");
            Refused::Unavailable
        }
    }
}
