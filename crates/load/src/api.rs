//! How the servers that are compared want to be asked, and what they answer.

use std::borrow::Cow;
use std::fmt::Write as _;

use carnet_shared::paths;
use serde::Deserialize;
use serde_json::json;

use crate::http::{self, Answer};

/// Not among the guessable ones that Carnet refuses.
const PASSWORD: &str = "the kettle is on again";

/// Whose endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Api {
    /// Carnet's own.
    Carnet,
    /// djangorestframework-simplejwt's, under the paths that its documents give them.
    Simplejwt,
    /// better-auth's, whose session is a cookie.
    BetterAuth,
}

/// What a client holds that has signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Session {
    /// The header line that shows it.
    pub credential: String,
    /// What is exchanged for the next pair; empty where there is no such thing.
    pub refresh_token: String,
}

/// Carnet's and simplejwt's names for the same two things.
#[derive(Deserialize)]
struct Pair<'a> {
    #[serde(borrow, alias = "access_token")]
    access: Cow<'a, str>,
    #[serde(borrow, alias = "refresh_token")]
    refresh: Cow<'a, str>,
}

impl Api {
    /// Makes an account, the one of this number. simplejwt has no endpoint for it.
    #[must_use]
    pub fn register(self, host: &str, account: &str) -> Option<Vec<u8>> {
        let email = format!("{account}@example.org");
        match self {
            Self::Carnet => {
                let body = json!({ "email": email, "username": account, "password": PASSWORD });
                Some(http::post(host, paths::REGISTER, "", &body.to_string()))
            }
            Self::Simplejwt => None,
            Self::BetterAuth => {
                let body = json!({ "email": email, "name": account, "password": PASSWORD });
                let origin = origin(host);
                Some(http::post(host, "/api/auth/sign-up/email", &origin, &body.to_string()))
            }
        }
    }

    /// Signs in.
    #[must_use]
    pub fn sign_in(self, host: &str, account: &str, headers: &str) -> Vec<u8> {
        match self {
            Self::Carnet => {
                let body = json!({ "login": account, "password": PASSWORD });
                http::post(host, paths::LOGIN, headers, &body.to_string())
            }
            Self::Simplejwt => {
                let body = json!({ "username": account, "password": PASSWORD });
                http::post(host, paths::TOKEN, headers, &body.to_string())
            }
            Self::BetterAuth => {
                let email = format!("{account}@example.org");
                let body = json!({ "email": email, "password": PASSWORD });
                let headers = format!("{}{headers}", origin(host));
                http::post(host, "/api/auth/sign-in/email", &headers, &body.to_string())
            }
        }
    }

    /// Exchanges the refresh token for the next pair.
    #[must_use]
    pub fn refresh(self, host: &str, session: &Session) -> Vec<u8> {
        let token = &session.refresh_token;
        let (path, name) = match self {
            Self::Carnet | Self::BetterAuth => (paths::REFRESH, "refresh_token"),
            Self::Simplejwt => (paths::TOKEN_REFRESH, "refresh"),
        };
        // Tokens need no escaping.
        http::post(host, path, "", &format!("{{\"{name}\":\"{token}\"}}"))
    }

    /// What a granted sign-in, registration or refresh gives.
    #[must_use]
    pub fn session_in(self, answer: &Answer) -> Option<Session> {
        if !answer.is_success() {
            return None;
        }
        if self == Self::BetterAuth {
            let cookies = answer.cookies.join("; ");
            let credential = (!cookies.is_empty()).then(|| format!("Cookie: {cookies}\r\n"))?;
            return Some(Session { credential, refresh_token: String::new() });
        }
        let pair: Pair<'_> = serde_json::from_slice(&answer.body).ok()?;
        let mut credential = String::with_capacity(pair.access.len() + 32);
        // Writing to a String does not fail.
        let _ = write!(credential, "Authorization: Bearer {}\r\n", pair.access);
        Some(Session { credential, refresh_token: pair.refresh.into_owned() })
    }
}

/// better-auth wants to know where a post comes from.
fn origin(host: &str) -> String {
    format!("Origin: http://{host}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Answer {
        Answer { status: 200, body: body.into(), cookies: Vec::new() }
    }

    #[test]
    fn carnet_and_simplejwt_name_their_tokens_differently() {
        let carnet = answer(r#"{"access_token":"a","refresh_token":"r","expires_in":300}"#);
        let simplejwt = answer(r#"{"refresh":"r","access":"a"}"#);
        let session = Session {
            credential: "Authorization: Bearer a\r\n".to_owned(),
            refresh_token: "r".to_owned(),
        };
        assert_eq!(Api::Carnet.session_in(&carnet), Some(session.clone()));
        assert_eq!(Api::Simplejwt.session_in(&simplejwt), Some(session));
    }

    #[test]
    fn better_auths_session_is_its_cookies() {
        let mut answer = answer("{}");
        assert_eq!(Api::BetterAuth.session_in(&answer), None);
        answer.cookies = vec!["a=b".to_owned(), "c=d".to_owned()];
        let session = Api::BetterAuth.session_in(&answer).unwrap();
        assert_eq!(session.credential, "Cookie: a=b; c=d\r\n");
    }

    #[test]
    fn a_refusal_is_no_session() {
        let refusal = Answer { status: 401, ..answer(r#"{"access":"a","refresh":"r"}"#) };
        assert_eq!(Api::Simplejwt.session_in(&refusal), None);
    }
}
