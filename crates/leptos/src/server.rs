//! Who calls a server function. Carnet's layer has found it out before the function runs: from the
//! access token that [`CarnetClient`](crate::CarnetClient) sends along, or, for an `<ActionForm>`
//! without script, from the cookie, if a page of this site has sent the form.

use carnet_client::AuthState;
use carnet_shared::User;
use http::header::{ACCEPT, LOCATION, REFERER};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use leptos::prelude::*;
use leptos_axum::{ResponseOptions, generate_route_list_with_exclusions_and_ssg_and_context};

use crate::requirement::ListGuards;
use crate::{Handover, Refused, Requirement, return_to, sign_in_path};

/// What Carnet's layer has found out about the caller; it puts this into the request.
#[derive(Debug, Clone)]
pub struct CalledBy {
    /// Who calls, `None` for nobody.
    pub user: Result<Option<User>, Refused>,
    /// The path that Carnet's pages are under, empty for none.
    pub prefix: String,
}

/// A route of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPath {
    /// The path as axum writes it, such as `/todos/{id}`.
    pub path: String,
    /// Who may see it, if a [`UserRoute`](crate::UserRoute) or a [`RoleRoute`](crate::RoleRoute) guards it.
    pub requirement: Option<Requirement>,
}

/// Lists the routes of an app, with who may see them.
pub fn listed_paths<V: IntoView + 'static>(
    app: impl Fn() -> V + Clone + Send + Sync + 'static,
) -> Vec<ListedPath> {
    let (routes, _) = generate_route_list_with_exclusions_and_ssg_and_context(app, None, || {
        provide_context(ListGuards);
    });
    let listed = routes.iter().map(|route| match Requirement::from_listed(route.path()) {
        Some((path, requirement)) => {
            ListedPath { path: path.to_owned(), requirement: Some(requirement) }
        }
        None => ListedPath { path: route.path().to_owned(), requirement: None },
    });
    listed.collect()
}

/// Who calls, `None` for nobody.
///
/// # Errors
/// [`Refused::SignInFirst`] when the access token is no longer good: the client then gets a new one
/// and calls again. [`Refused::CrossSite`] when another site has sent the form. The answer gets the
/// status that the refusal stands for.
#[expect(clippy::unused_async, reason = "how it is found out may change; callers wait for it")]
pub async fn user() -> Result<Option<User>, Refused> {
    called_by().map_err(refuse)
}

/// Who calls, and it is somebody.
///
/// # Errors
/// As [`user`], and [`Refused::SignInFirst`] when nobody is signed in. A form without script is then
/// led to sign in.
pub async fn require_user() -> Result<User, Refused> {
    user().await?.ok_or_else(|| refuse(Refused::SignInFirst))
}

/// Who calls, and it is somebody with this role.
///
/// # Errors
/// As [`require_user`], and [`Refused::NotAllowed`] when the account lacks the role.
pub async fn require_role(role: &str) -> Result<User, Refused> {
    let user = require_user().await?;
    if user.has_role(role) { Ok(user) } else { Err(refuse(Refused::NotAllowed)) }
}

fn called_by() -> Result<Option<User>, Refused> {
    let Some(parts) = use_context::<Parts>() else {
        leptos::logging::error!("who calls can only be asked inside a server function or a page");
        return Err(Refused::SignInFirst);
    };
    if let Some(called_by) = parts.extensions.get::<CalledBy>() {
        return called_by.user.clone();
    }
    // The layer did not know the address as one of a server function, as below `nest`. What it found
    // out for pages must not count: it has not looked at where the call comes from.
    let mut functions = leptos::server_fn::axum::server_fn_paths();
    if functions.any(|(path, _)| path == parts.uri.path()) {
        return unknown_caller();
    }
    // A page that is being rendered calls the function itself.
    match parts.extensions.get::<Handover>().map(|handover| &handover.auth) {
        Some(AuthState::SignedIn { user, .. }) => Ok(Some(user.clone())),
        Some(AuthState::Anonymous(_)) => Ok(None),
        Some(AuthState::Unknown) => Err(Refused::SignInFirst),
        None => unknown_caller(),
    }
}

fn unknown_caller() -> Result<Option<User>, Refused> {
    leptos::logging::error!(
        "a server function runs without Carnet's layer, so nobody is known to it: add \
         `.layer(PageGuard::anyone(&carnet))` to the routes of server functions, inside of any `nest`"
    );
    Err(Refused::SignInFirst)
}

/// Gives the answer the status of the refusal. A browser without script, which sends a form as a
/// navigation, is led to sign in and back instead, or back with the error in the address.
fn refuse(refused: Refused) -> Refused {
    let (Some(parts), Some(response)) = (use_context::<Parts>(), use_context::<ResponseOptions>())
    else {
        return refused;
    };
    // A page that is being rendered decides itself what to show.
    let Some(CalledBy { prefix, .. }) = parts.extensions.get() else { return refused };
    let is_plain_form =
        parts.headers.get(ACCEPT).is_some_and(|accept| contains(accept, b"text/html"));
    let status = match refused {
        Refused::SignInFirst if is_plain_form => {
            let path = sign_in_path(prefix, &path_of_referrer(&parts).unwrap_or_default());
            if let Ok(path) = HeaderValue::try_from(path) {
                response.insert_header(LOCATION, path);
            }
            StatusCode::SEE_OTHER
        }
        // Leptos leads back to the form, and the page shows the error.
        Refused::NotAllowed if is_plain_form => return refused,
        Refused::SignInFirst => StatusCode::UNAUTHORIZED,
        Refused::NotAllowed | Refused::CrossSite => StatusCode::FORBIDDEN,
        Refused::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    response.set_status(status);
    refused
}

fn contains(value: &HeaderValue, text: &[u8]) -> bool {
    value.as_bytes().windows(text.len()).any(|window| window.eq_ignore_ascii_case(text))
}

/// The path and query of the page that has sent the form.
fn path_of_referrer(parts: &Parts) -> Option<String> {
    let referrer = std::str::from_utf8(parts.headers.get(REFERER)?.as_bytes()).ok()?;
    let uri: http::Uri = referrer.parse().ok()?;
    let path = uri.path_and_query()?.as_str();
    return_to(path).map(str::to_owned)
}
