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

    /// The name of the cookie that brings a refused form back to the page of an app.
    #[cfg(feature = "ssr")]
    pub(crate) fn form_name(&self) -> String {
        format!("{}-form", self.name)
    }

    /// Sets that cookie; `value` is base64url.
    #[cfg(feature = "ssr")]
    pub(crate) fn set_form(&self, value: &str) -> HeaderValue {
        self.header(&self.form_name(), value, "; HttpOnly; Max-Age=60")
    }

    /// Deletes it.
    #[cfg(feature = "ssr")]
    pub(crate) fn clear_form(&self) -> HeaderValue {
        self.header(&self.form_name(), "", "; HttpOnly; Max-Age=0")
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
    /// The tokens of a browser that sends several: another app on this host, or a page under a
    /// longer path, has planted one. Nobody can say which the person meant, so `token` is none of
    /// them, and signing out ends them all.
    pub(crate) rivals: Vec<RefreshToken>,
    /// The session that the browser says it has signed out of.
    #[cfg_attr(not(feature = "ssr"), expect(dead_code, reason = "only pages look at it"))]
    pub(crate) signed_out: Option<String>,
}

impl Cookies {
    /// For a request whose cookies say nothing about it.
    pub(crate) fn none() -> Self {
        Self { present: false, token: None, rivals: Vec::new(), signed_out: None }
    }

    /// Reads them.
    ///
    /// # Errors
    /// When it cannot be known whether the token is one of ours.
    pub(crate) async fn read(headers: &HeaderMap, app: &App) -> Result<Self, ApiError> {
        let cookie = SessionCookie::of(&app.settings.server);
        let mut present = false;
        let mut tokens: Vec<RefreshToken> = Vec::new();
        for value in values(headers, cookie.name()).take(MAX_VALUES) {
            present = true;
            // Junk beside a token is passed over: whoever can plant a cookie signs nobody out.
            let Ok(text) = std::str::from_utf8(value) else { continue };
            let Some(token) = RefreshToken::read(text, &app.keys).await? else { continue };
            // Delivery is fixed at login: a token that a script once held is none for a cookie.
            if token.delivery == Delivery::Cookie && !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        let token = if tokens.len() == 1 { tokens.pop() } else { None };
        Ok(Self { present, token, rivals: tokens, signed_out: marker(headers, &cookie) })
    }
}

impl FromRequestParts<Arc<App>> for Cookies {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        Self::read(&parts.headers, app).await
    }
}

/// Values of one name that are looked at; a browser sends one.
pub(super) const MAX_VALUES: usize = 4;

fn marker(headers: &HeaderMap, cookie: &SessionCookie) -> Option<String> {
    let name = cookie.marker_name();
    let value = values(headers, &name).next()?;
    String::from_utf8(value.to_owned()).ok()
}

/// The values of the cookies of this name. Other cookies of the host may hold any bytes, which
/// change nothing for ours.
pub(crate) fn values<'a>(
    headers: &'a HeaderMap,
    name: &'a str,
) -> impl Iterator<Item = &'a [u8]> + 'a {
    let pairs = headers.get_all(COOKIE).iter();
    let pairs = pairs.flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    pairs
        .filter_map(move |pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(cookies: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut headers = HeaderMap::new();
        for value in cookies {
            headers.append(COOKIE, HeaderValue::from_bytes(value).unwrap());
        }
        values(&headers, "carnet").map(<[u8]>::to_owned).collect()
    }

    #[test]
    fn cookies_beside_ours_may_hold_any_bytes() {
        assert_eq!(found(&["city=Zürich; carnet=a".as_bytes()]), [b"a"]);
        assert_eq!(found(&[b"city=Z\xfcrich;carnet=a; x"]), [b"a"]);
        assert_eq!(found(&[b"city=Z\xfcrich", b"carnet=a=="]), [b"a=="]);
    }

    #[test]
    fn only_the_whole_name_counts() {
        assert!(found(&[b"carnet-out=a; xcarnet=b; carnet; Carnet=c"]).is_empty());
        assert_eq!(found(&[b"carnet=; carnet=b"]), [&b""[..], b"b"]);
    }
}
