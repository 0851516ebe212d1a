use axum::http::HeaderValue;
use carnet_shared::{Secret, User};

use crate::issued::Issued;

/// Somebody who is signed in, and what their browser would hold.
#[derive(Debug, Clone)]
pub struct SignedIn {
    user: User,
    session_id: String,
    access_token: Secret,
    cookie: HeaderValue,
}

impl SignedIn {
    /// Of a session whose delivery is the cookie.
    pub(super) fn of(issued: Issued) -> Self {
        let cookie = issued.cookie.as_ref().and_then(pair);
        Self {
            user: issued.body.user,
            session_id: issued.body.session.id,
            access_token: issued.body.access_token,
            cookie: cookie.expect("the refresh token is in a cookie"),
        }
    }

    /// The account as it was at the sign-in.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// The session's id.
    pub fn session_id(&self) -> &str {
        &self.session_id
    }

    /// The access token, which is good for five minutes unless the settings say otherwise.
    pub fn access_token(&self) -> &str {
        self.access_token.expose()
    }

    /// The value of `Authorization`, for routes that take an access token.
    pub fn authorization(&self) -> HeaderValue {
        let value = HeaderValue::try_from(format!("Bearer {}", self.access_token.expose()));
        sensitive(value.expect("an access token stands in a header"))
    }

    /// The value of `Cookie`, for pages and what forms post to.
    pub fn cookie(&self) -> HeaderValue {
        self.cookie.clone()
    }
}

/// The name and the value of a cookie, as a browser sends it that was sent this `Set-Cookie`.
fn pair(header: &HeaderValue) -> Option<HeaderValue> {
    let pair = header.as_bytes().split(|byte| *byte == b';').next()?;
    HeaderValue::from_bytes(pair).ok().map(sensitive)
}

/// Kept out of what is printed.
fn sensitive(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}
