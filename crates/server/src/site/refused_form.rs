use axum::http::{HeaderMap, HeaderValue};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_leptos::FormOutcome;
use serde::{Deserialize, Serialize};

use crate::request::{SessionCookie, cookie_values};
use crate::settings::ServerSettings;

/// Browsers keep no cookie of more than 4096 bytes (RFC 6265bis §5.6).
const MAX_BYTES: usize = 3_500;

/// A form on a page of an app that was refused. A cookie brings it back to that page once: what was typed,
/// but no password, and why it was refused. Nothing in it is believed: it is shown and no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct RefusedForm {
    /// The path of the page.
    pub(super) path: String,
    pub(super) outcome: FormOutcome,
    pub(super) next: Option<String>,
}

impl RefusedForm {
    /// The cookie. What is too long to come back is left out.
    pub(super) fn to_cookie(&self, server: &ServerSettings) -> HeaderValue {
        let mut value = self.written();
        if value.len() > MAX_BYTES {
            let mut shorter = self.clone();
            shorter.outcome.values.clear();
            shorter.next = None;
            value = shorter.written();
        }
        SessionCookie::of(server).set_form(&value)
    }

    fn written(&self) -> String {
        // All of it is strings and numbers: it cannot fail.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads what came back to this page.
    pub(super) fn of(headers: &HeaderMap, path: &str, server: &ServerSettings) -> Option<Self> {
        let name = SessionCookie::of(server).form_name();
        let value = cookie_values(headers, &name).next()?;
        let read: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()?;
        (read.path == path).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;
    use carnet_leptos::{FormName, Trouble};
    use carnet_shared::ErrorCode;
    use serde_json::Map;

    use super::*;
    use crate::settings::{SettingSource, Settings};

    fn refused(login: &str) -> RefusedForm {
        let outcome = FormOutcome {
            form: FormName::Login,
            values: Map::from_iter([("login".to_owned(), login.into())]),
            trouble: Trouble::refused(ErrorCode::InvalidCredentials),
        };
        RefusedForm { path: "/login".to_owned(), outcome, next: Some("/todos".to_owned()) }
    }

    fn sent_back(form: &RefusedForm, path: &str) -> Option<RefusedForm> {
        let server = Settings::read(&SettingSource::default()).unwrap().server;
        let cookie = form.to_cookie(&server);
        assert!(cookie.len() < 4_096, "{}", cookie.len());
        let pair = cookie.as_bytes().split(|byte| *byte == b';').next().unwrap();
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_bytes(pair).unwrap())]);
        RefusedForm::of(&headers, path, &server)
    }

    #[test]
    fn a_refused_form_comes_back_to_its_page() {
        let form = refused("ada; Path=/é\r\n");
        assert_eq!(sent_back(&form, "/login"), Some(form.clone()));
        assert_eq!(sent_back(&form, "/"), None);
    }

    #[test]
    fn what_is_too_long_is_left_out_and_the_reason_comes_back() {
        let back = sent_back(&refused(&"a".repeat(10_000)), "/login").unwrap();
        assert!(back.outcome.values.is_empty());
        assert_eq!(back.outcome.trouble.code, Some(ErrorCode::InvalidCredentials));
    }

    #[test]
    fn junk_is_nothing() {
        let server = Settings::read(&SettingSource::default()).unwrap().server;
        let name = SessionCookie::of(&server).form_name();
        for junk in ["", "!", "e30", "bnVsbA", &"A".repeat(9_000)] {
            let value = HeaderValue::try_from(format!("{name}={junk}")).unwrap();
            let headers = HeaderMap::from_iter([(COOKIE, value)]);
            assert_eq!(RefusedForm::of(&headers, "/login", &server), None, "{junk}");
        }
    }
}
