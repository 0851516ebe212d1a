use std::sync::Arc;

use axum::Json;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use carnet_shared::{Delivery, Secret, TokenResponse};

use crate::app::App;
use crate::error::ApiError;
use crate::request::SessionCookie;
use crate::tokens::{Granted, RefreshToken, token_response};

/// Tokens on their way out: the refresh token in a cookie or in the body, never in both.
#[derive(Debug)]
pub(crate) struct Issued {
    /// The status of the answer.
    pub(crate) status: StatusCode,
    /// The body.
    pub(crate) body: TokenResponse,
    /// The cookie, where that is the session's delivery.
    pub(crate) cookie: Option<HeaderValue>,
    /// The cookie that the browser is known by from now on, after a sign-in.
    pub(crate) device_cookie: Option<HeaderValue>,
}

impl Issued {
    /// Issues tokens for a session; without a refresh token where none was presented.
    ///
    /// # Errors
    /// When signing fails.
    pub(crate) async fn new(
        app: &Arc<App>,
        granted: Granted,
        audience: &str,
        refresh_token: Option<&RefreshToken>,
    ) -> Result<Self, ApiError> {
        let max_age = granted.idle_expires_at.min(granted.expires_at) - app.clock.now();
        let max_age = granted.remember.then_some(max_age);
        let (mut in_body, mut in_cookie): (Option<Secret>, Option<HeaderValue>) = (None, None);
        if let Some(token) = refresh_token {
            let text = token.encode(app.keys.ring().mac(app.clock.now()));
            match token.delivery {
                Delivery::Body | Delivery::Static => in_body = Some(text),
                Delivery::Cookie => {
                    in_cookie = Some(SessionCookie::of(&app.settings.server).set(&text, max_age));
                }
            }
        }
        let body = token_response(app, granted, audience, in_body).await?;
        Ok(Self { status: StatusCode::OK, body, cookie: in_cookie, device_cookie: None })
    }

    /// The cookies to be set.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = HeaderValue> + use<> {
        [self.cookie.clone(), self.device_cookie.clone()].into_iter().flatten()
    }

    /// The same with another status.
    #[must_use]
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

/// Adds cookies to an answer.
pub(crate) fn with_cookies(
    mut response: Response,
    cookies: impl Iterator<Item = HeaderValue>,
) -> Response {
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

impl IntoResponse for Issued {
    fn into_response(self) -> Response {
        let cookies = self.cookies();
        let response = (self.status, Json(self.body)).into_response();
        with_cookies(response, cookies)
    }
}
