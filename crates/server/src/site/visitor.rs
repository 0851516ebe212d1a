use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use carnet_app::AuthState;
use carnet_leptos::Language;
use carnet_shared::{Delivery, User};

use crate::app::App;
use crate::error::ApiError;
use crate::request::{Caller, Cookies, SessionCookie};
use crate::routes::logout::sign_out;
use crate::tokens::RefreshToken;

/// Whoever looks at a page, as far as the cookie tells. To look never rotates: a page that is
/// loaded, or that a browser loads ahead, must not cost anybody their session.
#[derive(Debug)]
pub(super) struct Visitor {
    /// Who.
    pub(super) auth: AuthState,
    /// The language to speak.
    pub(super) language: Language,
    /// Cookies to be deleted, because the browser has signed out or never meant it.
    cookies: Vec<HeaderValue>,
}

impl Visitor {
    /// Somebody of whom nothing is to be known.
    pub(super) fn nobody(language: Language) -> Self {
        Self { auth: AuthState::Anonymous(None), language, cookies: Vec::new() }
    }

    /// Looks at the cookies.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn read(
        app: &Arc<App>,
        caller: &Caller,
        cookies: &Cookies,
        language: Language,
    ) -> Result<Self, ApiError> {
        let mut clear = Vec::new();
        let mut auth = None;
        if let Some(marked) = &cookies.signed_out {
            let cookie = SessionCookie::of(&app.settings.server);
            clear.push(cookie.clear_marker());
            let session = cookies.token.as_ref().map(|token| token.session_id.to_string());
            // Signed out while there was no connection; only the cookie itself, which no script can
            // write, makes the mark of that very session count.
            if session.as_ref() == Some(marked) {
                sign_out(app, caller, cookies).await?;
                clear.push(cookie.clear());
                auth = Some(AuthState::Anonymous(None));
            }
        }
        let auth = match (auth, &cookies.token) {
            (Some(auth), _) => auth,
            (None, Some(token)) => of_token(app, token).await?,
            (None, None) if cookies.present => AuthState::Unknown,
            // Tokens that travel in bodies lie with the browser alone, so only it can say.
            (None, None) => match app.settings.client.delivery {
                Delivery::Body | Delivery::Static => AuthState::Unknown,
                Delivery::Cookie => AuthState::Anonymous(None),
            },
        };
        Ok(Self { auth, language, cookies: clear })
    }

    /// The account and the session, if somebody is signed in.
    pub(super) fn signed_in(&self) -> Option<(&User, &str)> {
        match &self.auth {
            AuthState::SignedIn { user, session_id } => Some((user, session_id)),
            AuthState::Unknown | AuthState::Anonymous(_) => None,
        }
    }

    /// Lets the answer delete a cookie.
    pub(super) fn forget(&mut self, cookie: HeaderValue) {
        self.cookies.push(cookie);
    }

    /// The answer, with the cookies that are to go.
    pub(super) fn answer(&self, mut response: Response) -> Response {
        for cookie in &self.cookies {
            response.headers_mut().append(SET_COOKIE, cookie.clone());
        }
        response
    }
}

/// Signed in by the current generation, or the one before within the grace. Anything else may be an
/// answer that was lost, an old copy or an end: that is for a refresh to decide, not for a look.
async fn of_token(app: &App, token: &RefreshToken) -> Result<AuthState, ApiError> {
    let id = token.session_id.to_string();
    let now = app.clock.now();
    let Some(row) = app.store.session_row(&id).await? else { return Ok(AuthState::Unknown) };
    let behind = row.generation - i64::from(token.generation);
    let grace = app.settings.tokens.reuse_grace.seconds();
    let is_fresh = behind == 0 || (behind == 1 && now - row.rotated_at <= grace);
    if row.secret_hash != token.secret_hash() || !is_fresh {
        return Ok(AuthState::Unknown);
    }
    match app.store.session_now(&id, now).await? {
        Some(session) => {
            Ok(AuthState::SignedIn { user: session.user.user()?, session_id: session.session_id })
        }
        None => Ok(AuthState::Unknown),
    }
}
