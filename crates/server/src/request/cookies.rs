use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use carnet_shared::{Delivery, Secret};

use crate::app::App;
use crate::error::ApiError;
use crate::settings::ServerSettings;
use crate::tokens::RefreshToken;

/// The cookie that holds a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionCookie {
    name: String,
    secure: bool,
}

impl SessionCookie {
    /// Under https it has a name that browsers accept only for this very host (RFC 6265bis
    /// §4.1.3.2); on loopback the port keeps two servers of one machine apart.
    pub(crate) fn of(server: &ServerSettings) -> Self {
        if server.public_url.is_https() {
            Self { name: "__Host-carnet".to_owned(), secure: true }
        } else {
            Self { name: format!("carnet-{}", server.public_url.port()), secure: false }
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The name of the mark that a browser leaves when it signs out without reaching the server.
    pub(crate) fn marker_name(&self) -> String {
        format!("{}-out", self.name)
    }

    /// Sets it, for so many seconds or until the browser is closed.
    pub(crate) fn set(&self, token: &Secret, max_age: Option<i64>) -> HeaderValue {
        let max_age = max_age.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
        let mut value = self.header(&self.name, token.expose(), &format!("; HttpOnly{max_age}"));
        value.set_sensitive(true);
        value
    }

    /// Deletes it.
    pub(crate) fn clear(&self) -> HeaderValue {
        self.header(&self.name, "", "; HttpOnly; Max-Age=0")
    }

    /// Deletes the mark.
    pub(crate) fn clear_marker(&self) -> HeaderValue {
        self.header(&self.marker_name(), "", "; Max-Age=0")
    }

    fn header(&self, name: &str, value: &str, attributes: &str) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        HeaderValue::try_from(format!("{name}={value}; Path=/; SameSite=Lax{secure}{attributes}"))
            .expect("a token is base64url and a name is ours")
    }
}

/// What the cookies of a request say about its session.
#[derive(Debug, Clone)]
pub(crate) struct Cookies {
    /// Whether there is a session cookie at all.
    pub(crate) present: bool,
    /// Its token, if it is one of ours.
    pub(crate) token: Option<RefreshToken>,
    /// The session that the browser says it has signed out of.
    #[cfg_attr(not(feature = "ssr"), expect(dead_code, reason = "only pages look at it"))]
    pub(crate) signed_out: Option<String>,
}

impl Cookies {
    /// For a request whose cookies say nothing about it.
    pub(crate) fn none() -> Self {
        Self { present: false, token: None, signed_out: None }
    }

    /// Reads them.
    ///
    /// # Errors
    /// When it cannot be known whether the token is one of ours.
    pub(crate) async fn read(headers: &HeaderMap, app: &App) -> Result<Self, ApiError> {
        let cookie = SessionCookie::of(&app.settings.server);
        let text = find(headers, cookie.name());
        let token = match &text {
            Some(text) => RefreshToken::read(text, &app.keys).await?,
            None => None,
        };
        Ok(Self {
            present: text.is_some(),
            // Delivery is fixed at login: a token that a script once held is none for a cookie.
            token: token.filter(|token| token.delivery == Delivery::Cookie),
            signed_out: find(headers, &cookie.marker_name()),
        })
    }
}

impl FromRequestParts<Arc<App>> for Cookies {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        Self::read(&parts.headers, app).await
    }
}

fn find(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}
