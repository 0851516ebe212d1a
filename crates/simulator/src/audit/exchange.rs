use std::fmt;

use carnet_client::edges::{HttpRequest, Method};
use carnet_shared::{ErrorCode, Problem, TokenResponse, paths};
use serde_json::Value;

use super::text;
use crate::backend::{Cookies, Reply};
use crate::server::RefreshToken;

/// A request and its answer.
pub(crate) struct Exchange<'a> {
    /// Milliseconds since the beginning.
    pub(crate) now: i64,
    pub(crate) request: &'a HttpRequest,
    pub(crate) cookies: &'a Cookies,
    pub(crate) reply: &'a Reply,
}

impl Exchange<'_> {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.reply.status)
    }

    pub(crate) fn is_delete(&self) -> bool {
        self.request.method == Method::Delete
    }

    pub(crate) fn is_write(&self) -> bool {
        self.request.method != Method::Get
    }

    pub(crate) fn bearer(&self) -> Option<&str> {
        self.request.bearer.as_ref().map(|bearer| bearer.expose())
    }

    /// The refresh token in the cookie, if the request could have carried one.
    pub(crate) fn presented(&self) -> Option<RefreshToken> {
        let cookie = self.cookies.session.as_deref().filter(|_| self.request.cookies);
        cookie.and_then(RefreshToken::read)
    }

    /// The refresh token that went back, as it is written.
    pub(crate) fn successor(&self) -> Option<&str> {
        self.reply.cookies.session.as_ref()?.as_deref()
    }

    pub(crate) fn code(&self) -> Option<ErrorCode> {
        let problem: Option<Problem> = serde_json::from_str(&self.reply.body).ok();
        problem.filter(|_| self.reply.status >= 400).map(|problem| problem.code)
    }

    pub(crate) fn tokens(&self) -> Result<TokenResponse, serde_json::Error> {
        serde_json::from_str(&self.reply.body)
    }

    /// A field of what was sent.
    pub(crate) fn sent(&self, field: &str) -> Option<String> {
        let body: Value = serde_json::from_str(self.request.body.as_ref()?.expose()).ok()?;
        text(&body, field).map(str::to_owned)
    }
}

impl fmt::Display for Exchange<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.request.url;
        write!(formatter, "{:?} {path}", self.request.method)?;
        if let Some(token) = self.presented() {
            write!(formatter, " with generation {} of {}", token.generation, &token.session[24..])?;
        }
        if path == paths::REFRESH || path == paths::PASSWORD {
            for field in ["attempt", "previous"] {
                let value = self.sent(field).unwrap_or_else(|| "none".to_owned());
                // The last characters differ most: they come from a counter.
                let end = &value[value.len().saturating_sub(5)..];
                write!(formatter, ", {field} {end}")?;
            }
        }
        write!(formatter, " -> {}", self.reply.status)?;
        if let Some(code) = self.code() {
            write!(formatter, " {}", code.as_str())?;
        }
        if let Some(token) = self.successor().and_then(RefreshToken::read) {
            write!(formatter, ", generation {}", token.generation)?;
        }
        Ok(())
    }
}
