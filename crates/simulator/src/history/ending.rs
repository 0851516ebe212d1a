use carnet_client::AuthState;
use carnet_client::edges::Wake;
use carnet_shared::{ErrorCode, Problem};

use super::{History, Kind};
use crate::Tab;
use crate::audit::Session;
use crate::backend::{Backend, Cookies};

/// How many of its tokens a session is checked with.
const LAST: usize = 3;

impl History {
    /// Nothing of a session that is over is good for anything.
    pub(super) fn what_is_over_is_over(&mut self) {
        let over: Vec<String> = {
            let audit = self.server.audit();
            let is_over = |id: &String| audit.ended(id).is_some() && !self.checked.contains(id);
            audit.sessions().keys().filter(|id| is_over(id)).cloned().collect()
        };
        for id in over {
            self.is_refused(&id);
            self.checked.push(id);
        }
    }

    fn is_refused(&self, id: &str) {
        let (tokens, access) = {
            let audit = self.server.audit();
            let session = &audit.sessions()[id];
            let tokens: Vec<String> = session.tokens().values().rev().take(LAST).cloned().collect();
            let access: Vec<String> =
                session.access().rev().take(LAST).map(str::to_owned).collect();
            (tokens, access)
        };
        for token in access {
            let status = self.server.status_of(&token);
            if status != 401 {
                self.violation(&format!("an access token of a session that is over got {status}"));
            }
        }
        for token in tokens {
            let reply = self.server.present(&token, None, None);
            if !Session::says_over(code_of(&reply.body)) {
                self.violation(&format!("a refresh token of a session that is over: {reply:?}"));
            }
            let cookies = Cookies { session: Some(token), mark: None };
            if matches!(self.server.page(&cookies).0, AuthState::SignedIn { .. }) {
                self.violation("a page shows a session that is over");
            }
        }
    }

    /// When all is well again, everybody is signed in who did not sign out, in every tab, and
    /// nobody else is.
    pub(super) fn everybody_is_where_they_should_be(&mut self) {
        for device in &self.devices {
            device.browser.network.offline.set(false);
            device.browser.network.faults.borrow_mut().clear();
        }
        for device in &self.devices {
            for tab in &device.tabs {
                tab.thaw();
                tab.wake(Wake::Online);
            }
        }
        self.world.advance(120_000);
        if self.kind == Kind::Poor {
            return;
        }
        for (number, device) in self.devices.iter().enumerate() {
            for (place, tab) in device.tabs.iter().enumerate() {
                self.shows_the_truth(number, place, tab, device.is_signed_in);
            }
            let is_shown = device.browser.open().username().is_some();
            if is_shown && !device.is_signed_in {
                self.violation(&format!("device {number}: a new page shows who signed out"));
            }
        }
    }

    fn shows_the_truth(&self, number: usize, place: usize, tab: &Tab, is_signed_in: bool) {
        // A device that was signed out from elsewhere finds out when it asks for something.
        let call = tab.begin_me();
        self.world.advance(60_000);
        let answer = call.take();
        let shown = tab.username();
        if is_signed_in && (shown.is_none() || !matches!(answer, Some(Ok(_)))) {
            let state = tab.state();
            self.violation(&format!("device {number}: tab {place} was signed out: {state:?}"));
        }
        if !is_signed_in && shown.is_some() {
            self.violation(&format!("device {number}: tab {place} shows who signed out"));
        }
    }

    /// Of every session that lives, exactly the current token is good, and any older one ends it.
    pub(super) fn sweep(&mut self) {
        for device in &mut self.devices {
            device.tabs.clear();
        }
        self.server.keep_every_write();
        self.note("an hour later");
        self.world.advance(3_600_000);
        let sessions: Vec<String> = self.server.audit().sessions().keys().cloned().collect();
        for id in sessions {
            if self.server.audit().ended(&id).is_none() {
                self.one_is_good_and_the_rest_is_fatal(&id);
            }
            self.is_refused(&id);
        }
    }

    fn one_is_good_and_the_rest_is_fatal(&mut self, id: &str) {
        let Some(current) = self.token_of(id, 0) else { return };
        let reply = self.server.present(&current, None, None);
        if reply.status != 200 {
            // The session of a device whose end nobody has told the browser of.
            if !Session::says_over(code_of(&reply.body)) {
                self.violation(&format!("the current token is good for nothing: {reply:?}"));
            }
            return;
        }
        // Beyond the grace, and not as long as the shortest access token lives.
        self.world.advance(20_000);
        let fresh = self.server.audit().sessions()[id].access().next_back().map(str::to_owned);
        if fresh.is_none_or(|token| self.server.status_of(&token) != 200) {
            self.violation("a fresh access token is good for nothing");
        }
        let generations = self.server.audit().sessions()[id].tokens().len();
        let back = 1 + self.chance.index(generations - 1);
        let Some(old) = self.token_of(id, back) else { return };
        self.note(&format!("somebody presents the token {back} before the current one"));
        let reply = self.server.present(&old, None, None);
        if code_of(&reply.body) != Some(ErrorCode::SessionReused) {
            self.violation(&format!("an old copy did no harm: {reply:?}"));
        }
    }

    /// The token so many places before the current one.
    fn token_of(&self, id: &str, back: usize) -> Option<String> {
        self.server.audit().sessions()[id].tokens().values().rev().nth(back).cloned()
    }
}

fn code_of(body: &str) -> Option<ErrorCode> {
    serde_json::from_str::<Problem>(body).ok().map(|problem| problem.code)
}
