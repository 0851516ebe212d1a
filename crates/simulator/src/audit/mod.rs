//! Watches every exchange with the server and knows from its answers alone what must never follow:
//! a second live successor, an old copy that does no harm, life after an acknowledged end.

mod exchange;
mod session;

use std::collections::BTreeMap;

use carnet_client::AuthState;
use carnet_shared::{ErrorCode, TokenResponse, paths};
use serde_json::Value;

pub(crate) use exchange::Exchange;
pub use session::Session;

use crate::backend::Cookies;
use crate::server::RefreshToken;

/// What was seen of one history.
#[derive(Debug, Default)]
pub struct Audit {
    sessions: BTreeMap<String, Session>,
    /// The session of every access token.
    access: BTreeMap<String, String>,
    violations: Vec<String>,
    log: Vec<String>,
    writes: u64,
    /// Whether an old copy was called one.
    thefts: u32,
}

impl Audit {
    /// What should not have happened.
    pub fn violations(&self) -> &[String] {
        &self.violations
    }

    /// All that happened.
    pub fn log(&self) -> &[String] {
        &self.log
    }

    /// All sessions, the oldest first.
    pub fn sessions(&self) -> &BTreeMap<String, Session> {
        &self.sessions
    }

    /// How often the server was asked to change something.
    pub(crate) fn writes(&self) -> u64 {
        self.writes
    }

    /// How often a session was ended as stolen.
    pub fn thefts(&self) -> u32 {
        self.thefts
    }

    /// Adds a line to the log.
    pub fn note(&mut self, now: i64, text: &str) {
        self.log.push(format!("{:>10.3} {text}", now as f64 / 1000.0));
    }

    /// Something that should not have happened.
    pub fn violation(&mut self, now: i64, text: &str) {
        self.note(now, &format!("!! {text}"));
        self.violations.push(text.to_owned());
    }

    /// The database has lost the last write of a session, before which it was at this generation.
    pub(crate) fn lost_a_write(&mut self, id: &str, generation: u32, now: i64) {
        self.note(now, "the database loses its last write");
        if let Some(session) = self.sessions.get_mut(id) {
            session.lost_a_write(generation);
        }
    }

    /// Whether a lost write was not made good by another refresh yet.
    pub(crate) fn has_lost_a_write(&self, id: &str) -> bool {
        self.sessions.get(id).is_some_and(Session::has_lost)
    }

    /// What a page showed.
    pub(crate) fn see_page(&mut self, now: i64, cookies: &Cookies, shown: &AuthState) {
        let token = cookies.session.as_deref().and_then(RefreshToken::read);
        let generation = token.as_ref().map(|token| token.generation);
        let words = match shown {
            AuthState::Unknown => "unknown",
            AuthState::Anonymous(_) => "nobody",
            AuthState::SignedIn { .. } => "signed in",
        };
        self.note(now, &format!("page with generation {generation:?}: {words}"));
        if let (Some(token), Some((_, marked))) = (&token, &cookies.mark)
            && token.session == *marked
        {
            self.end(marked, "signed out without a connection");
        }
        if let AuthState::SignedIn { session_id, .. } = shown
            && let Some(why) = self.ended(session_id)
        {
            self.violation(now, &format!("a page shows a session that is over: {why}"));
        }
    }

    /// What was asked and answered.
    pub(crate) fn see(&mut self, exchange: &Exchange<'_>) {
        self.note(exchange.now, &exchange.to_string());
        if exchange.is_write() {
            self.writes += 1;
        }
        let presented = exchange.presented();
        if exchange.request.url == paths::REFRESH {
            self.see_refresh(exchange, presented.as_ref());
        } else {
            self.see_call(exchange, presented.as_ref());
        }
        if let (true, Ok(answer)) = (exchange.is_success(), exchange.tokens()) {
            self.take(exchange, presented.as_ref(), &answer);
        }
        if let (Some(token), Some(code)) = (&presented, exchange.code()) {
            let url = exchange.request.url.as_str();
            // Of the codes of a password change, the others may be about the access token.
            let is_reuse = url == paths::PASSWORD && code == ErrorCode::SessionReused;
            if url == paths::REFRESH || is_reuse {
                self.refused(token, code);
            }
        }
    }

    fn see_refresh(&mut self, exchange: &Exchange<'_>, presented: Option<&RefreshToken>) {
        let Some(token) = presented else { return };
        let Some(session) = self.sessions.get(&token.session) else { return };
        if exchange.code() == Some(ErrorCode::SessionChanged) {
            return;
        }
        let is_reuse = exchange.code() == Some(ErrorCode::SessionReused);
        let wrong = session.judge(token.generation, exchange, is_reuse);
        if is_reuse && session.ended().is_none() {
            self.thefts += 1;
        }
        if let Some(wrong) = wrong {
            self.violation(exchange.now, &wrong);
        }
    }

    fn see_call(&mut self, exchange: &Exchange<'_>, presented: Option<&RefreshToken>) {
        let of_cookie = presented.map(|token| token.session.clone());
        let of_bearer = exchange.bearer().and_then(|token| self.access.get(token).cloned());
        if exchange.bearer().is_some() && exchange.is_success() {
            self.must_live(exchange, of_bearer.as_deref());
        }
        if !exchange.is_success() {
            return;
        }
        match exchange.request.url.as_str() {
            paths::LOGOUT => {
                // An expired access token ends nothing.
                let of_bearer = of_bearer.filter(|id| self.is_good(exchange, id));
                for id in [of_cookie, of_bearer].into_iter().flatten() {
                    self.end(&id, "signed out");
                }
            }
            paths::LOGIN | paths::REGISTER => {
                if let Some(id) = of_cookie {
                    self.end(&id, "replaced by another sign-in");
                }
            }
            paths::PASSWORD => {
                self.end_all_but(of_bearer.as_deref(), "the password was changed");
            }
            paths::SESSIONS if exchange.is_delete() => {
                self.end_all_but(of_bearer.as_deref(), "ended from another device");
            }
            _ => {}
        }
    }

    fn must_live(&mut self, exchange: &Exchange<'_>, id: Option<&str>) {
        // A sign-out answers everybody alike.
        if exchange.request.url == paths::LOGOUT {
            return;
        }
        if let Some(why) = id.and_then(|id| self.ended(id)) {
            let text = format!("an access token of a session that is over was taken: {why}");
            self.violation(exchange.now, &text);
        }
    }

    fn is_good(&self, exchange: &Exchange<'_>, id: &str) -> bool {
        let session = self.sessions.get(id);
        let bearer = exchange.bearer().unwrap_or_default();
        session.is_some_and(|session| session.is_good(bearer, exchange.now))
    }

    /// Takes note of tokens that were issued.
    fn take(
        &mut self,
        exchange: &Exchange<'_>,
        presented: Option<&RefreshToken>,
        answer: &TokenResponse,
    ) {
        let (id, token) = (answer.session.id.clone(), answer.access_token.expose().to_owned());
        let session = self.sessions.entry(id.clone()).or_default();
        let wrong = session.took(exchange, presented, answer);
        self.access.insert(token, id);
        for wrong in wrong {
            self.violation(exchange.now, &wrong);
        }
    }

    fn refused(&mut self, token: &RefreshToken, code: ErrorCode) {
        let is_end = matches!(
            code,
            ErrorCode::SessionEnded
                | ErrorCode::SessionExpired
                | ErrorCode::SessionReused
                | ErrorCode::PasswordChanged
                | ErrorCode::AccountDisabled
        );
        if is_end {
            self.end(&token.session, code.as_str());
        }
    }

    fn end(&mut self, id: &str, why: &str) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.end(why);
        }
    }

    fn end_all_but(&mut self, kept: Option<&str>, why: &str) {
        for (id, session) in &mut self.sessions {
            if Some(id.as_str()) != kept {
                session.end(why);
            }
        }
    }

    /// Why a session is over, if the server has said so.
    pub fn ended(&self, id: &str) -> Option<String> {
        self.sessions.get(id)?.ended().map(str::to_owned)
    }
}

/// A field of a body that is text.
fn text<'a>(body: &'a Value, field: &str) -> Option<&'a str> {
    body.get(field)?.as_str()
}
