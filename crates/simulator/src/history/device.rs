use std::rc::Rc;

use super::{History, Kind};
use crate::server::{COOKIE, RefreshToken, Server};
use crate::{Browser, Tab};

/// How long a browser may take to write a cookie down.
const UNWRITTEN_MS: i64 = 10_000;

/// A browser of the person's, with its tabs.
pub(super) struct Device {
    pub(super) browser: Browser<Server>,
    pub(super) tabs: Vec<Tab>,
    /// Whether the person is signed in, for all that they know and did.
    pub(super) is_signed_in: bool,
}

impl Device {
    pub(super) fn is_online(&self) -> bool {
        !self.browser.network.offline.get()
    }

    /// The cookie before the last one, if a crash at this moment may cost the last one and nobody
    /// would take that for theft: nothing else is lost or on its way.
    fn cookie_to_lose(&self, server: &Server, now: i64) -> Option<String> {
        let network = &self.browser.network;
        let (at, before) = network.cookies_before.borrow().clone();
        let read = |cookie: Option<&String>| RefreshToken::read(cookie?);
        let (was, is) = (read(before.session.as_ref())?, network.cookies.borrow().session.clone());
        let is = read(is.as_ref())?;
        let is_current = server.audit().sessions().get(&is.session)?.current() == is.generation;
        let is_next = was.session == is.session && was.generation + 1 == is.generation;
        let is_whole = !self.browser.stored("carnet.session")?.contains("attempt");
        // A database that has lost the attempt of that answer knows no better than the browser.
        let is_sound = !server.audit().has_lost_a_write(&is.session);
        let is_lost = now - at <= UNWRITTEN_MS && is_current && is_next && is_whole && is_sound;
        before.session.filter(|_| is_lost)
    }
}

impl History {
    /// The person takes another device, on which nobody is signed in.
    pub(super) fn add_device(&mut self) {
        let mut browser = Browser::before(&self.world, &self.server);
        COOKIE.clone_into(&mut browser.settings.cookie_name);
        // Two devices draw different lots.
        browser.shared.draws.set(1 + 1_000_000 * (1 + self.devices.len() as u64));
        if self.kind == Kind::Poor {
            self.impoverish(&browser);
        }
        let tabs = vec![browser.open()];
        self.note(&format!("device {}: begins with one tab", self.devices.len()));
        self.devices.push(Device { browser, tabs, is_signed_in: false });
    }

    fn impoverish(&mut self, browser: &Browser<Server>) {
        let shared = Rc::clone(&browser.shared);
        shared.has_locks.set(self.chance.once_in(2));
        shared.has_channel.set(self.chance.once_in(2));
        shared.local.blocked.set(self.chance.once_in(2));
        let has = |it: bool| if it { "with" } else { "without" };
        self.note(&format!(
            "a browser {} locks, {} a channel, {} storage",
            has(shared.has_locks.get()),
            has(shared.has_channel.get()),
            has(!shared.local.blocked.get())
        ));
    }

    /// The person signs in on a device, in any of its tabs.
    pub(super) fn sign_in(&mut self, number: usize) {
        let device = &self.devices[number];
        if !device.is_online() {
            return;
        }
        let place = self.chance.index(device.tabs.len());
        let tab = &device.tabs[place];
        self.note(&format!("device {number}: signs in in tab {place}"));
        tab.thaw();
        match tab.login_with(self.server.username(), &self.password) {
            Ok(_) => self.devices[number].is_signed_in = true,
            Err(error) => self.violation(&format!("the right password was not taken: {error:?}")),
        }
    }

    /// The person signs out, with or without a connection.
    pub(super) fn sign_out(&mut self, number: usize) {
        let device = &mut self.devices[number];
        let place = self.chance.index(device.tabs.len());
        device.is_signed_in = false;
        self.server.audit_mut().note(
            self.world.now(),
            &format!("device {number}: signs out in tab {place}, online {}", device.is_online()),
        );
        device.tabs[place].thaw();
        device.tabs[place].logout();
    }

    /// The browser crashes and is opened again. Where the last answer came whole within the last
    /// seconds, its cookie was not written down, and what scripts store was.
    pub(super) fn crash(&mut self, number: usize) {
        let device = &mut self.devices[number];
        device.tabs.clear();
        let lost = device.cookie_to_lose(&self.server, self.world.now());
        let note = format!("device {number}: crashes, its last cookie lost {}", lost.is_some());
        self.server.audit_mut().note(self.world.now(), &note);
        if let Some(before) = lost {
            device.browser.network.cookies.borrow_mut().session = Some(before);
        }
        device.tabs.push(device.browser.open());
    }

    /// All other devices were signed out, from this one.
    pub(super) fn only(&mut self, number: usize) {
        for (other, device) in self.devices.iter_mut().enumerate() {
            device.is_signed_in &= other == number;
        }
    }
}
