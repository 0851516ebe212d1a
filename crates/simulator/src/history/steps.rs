use carnet_client::edges::Wake;
use carnet_client::{AuthError, AuthState};
use carnet_shared::{NewPassword, PasswordPolicy, Secret, paths};

use super::History;
use crate::{Fault, Tab};

const DAY_MS: i64 = 86_400_000;

impl History {
    /// Something happens, and some time passes.
    pub(super) fn step(&mut self) {
        let number = self.chance.index(self.devices.len());
        match self.chance.below(25) {
            0..=5 => self.read_account(number),
            6 | 7 => self.fault(number),
            8..=14 => self.tab(number),
            15 => self.connection(number),
            16 | 17 => self.time(number),
            18 => self.loses_a_write(),
            19 => self.server_restarts(),
            20 => self.password(number),
            21 => self.in_or_out(number),
            22 => self.ends_others(number),
            23 => self.crash(number),
            _ if self.devices.len() < 2 && self.chance.once_in(3) => self.add_device(),
            _ => {}
        }
        let pause = *self.chance.one_of(&[0, 1, 30, 60, 500, 5_000, 15_000]);
        self.world.advance(pause);
    }

    fn any_tab(&mut self, number: usize) -> usize {
        self.chance.index(self.devices[number].tabs.len())
    }

    fn read_account(&mut self, number: usize) {
        let place = self.any_tab(number);
        self.note(&format!("device {number}: tab {place} reads the account"));
        drop(self.devices[number].tabs[place].begin_me());
    }

    fn fault(&mut self, number: usize) {
        let fault = Fault::by_chance(&mut self.chance);
        self.note(&format!("device {number}: its next refresh meets {fault:?}"));
        self.devices[number].browser.faults([fault]);
    }

    fn tab(&mut self, number: usize) {
        let place = self.any_tab(number);
        let what = self.chance.below(7);
        let words = ["opens one", "closes", "reloads", "freezes", "thaws", "thaws deaf", "blinks"];
        self.note(&format!("device {number}: tab {place} {}", words[what as usize]));
        let device = &mut self.devices[number];
        let tabs = &mut device.tabs;
        match what {
            0 if tabs.len() < 4 => tabs.push(device.browser.open()),
            1 if tabs.len() > 1 => drop(tabs.remove(place)),
            2 => {
                let tab = tabs.remove(place);
                tabs.insert(place, device.browser.reload(tab));
            }
            3 => tabs[place].freeze(),
            4 => tabs[place].thaw(),
            5 => tabs[place].thaw_deaf(),
            6 if self.chance.once_in(2) => tabs[place].hide(),
            6 => tabs[place].show(),
            _ => {}
        }
    }

    fn connection(&mut self, number: usize) {
        let is_offline = self.chance.once_in(3);
        self.note(&format!("device {number}: offline {is_offline}"));
        let place = self.any_tab(number);
        let device = &self.devices[number];
        device.browser.network.offline.set(is_offline);
        device.tabs[place].wake(Wake::Online);
    }

    fn time(&mut self, number: usize) {
        match self.chance.below(3) {
            0 => {
                self.note("everything sleeps for an hour");
                self.world.sleep(3_600_000);
            }
            1 => {
                let skew = *self.chance.one_of(&[0, DAY_MS, -DAY_MS]);
                self.note(&format!("device {number}: its clock is wrong by {skew} ms"));
                self.devices[number].browser.shared.skew.set(skew);
            }
            _ => self.world.advance(400_000),
        }
    }

    fn loses_a_write(&mut self) {
        let after = *self.chance.one_of(&[0, 10, 1_000, 30_000]);
        self.note(&format!("the database will lose the next refresh, after {after} ms"));
        self.server.lose_next_write_after(after);
    }

    fn server_restarts(&mut self) {
        if !self.chance.once_in(4) {
            return;
        }
        self.note("the server starts again");
        self.server.restart();
        // What it knew in memory it must know again.
        self.checked.clear();
    }

    fn in_or_out(&mut self, number: usize) {
        if !self.devices[number].is_signed_in {
            self.sign_in(number);
        } else if self.chance.once_in(3) {
            self.sign_out(number);
        }
    }

    /// Changes the password; the answer may be lost.
    fn password(&mut self, number: usize) {
        if !self.devices[number].is_signed_in || !self.chance.once_in(2) {
            return;
        }
        let place = self.any_tab(number);
        let count = self.server.audit().log().len();
        // Unlike the one before, or it would be too easy.
        let words = *self.chance.one_of(&["seven herons by a weir", "lantern over the quay"]);
        let next = format!("{words} {count}");
        let fault = self.chance.one_of(&[None, Some(Fault::AnswerLost), Some(Fault::BodyLost)]);
        let fault = fault.clone();
        let is_faultless = fault.is_none();
        self.note(&format!("device {number}: tab {place} changes the password, meets {fault:?}"));
        let device = &self.devices[number];
        if let Some(fault) = fault {
            device.browser.faults_for(paths::PASSWORD, fault);
        }
        let result = change_password(&device.tabs[place], &self.password, &next);
        *device.browser.network.other_fault.borrow_mut() = None;
        let was_changed = self.server.takes_password(&next);
        self.note(&format!("changed {was_changed}, and the client says {result:?}"));
        if let (true, true, Err(AuthError::Problem(problem))) = (is_faultless, was_changed, result)
        {
            self.violation(&format!(
                "the password was changed, and is said not to be: {problem:?}"
            ));
        }
        if was_changed {
            self.password = next;
            self.only(number);
        }
    }

    fn ends_others(&mut self, number: usize) {
        if !self.devices[number].is_signed_in || !self.chance.once_in(3) {
            return;
        }
        let place = self.any_tab(number);
        self.note(&format!("device {number}: tab {place} ends all other sessions"));
        let tab = &self.devices[number].tabs[place];
        tab.thaw();
        let client = tab.client.clone();
        let result = self.world.run(async move { client.end_other_sessions().await });
        match result {
            Ok(()) => self.only(number),
            Err(error) => self.note(&format!("and is told {error:?}")),
        }
    }
}

fn change_password(tab: &Tab, current: &str, next: &str) -> Result<(), AuthError> {
    tab.thaw();
    if !matches!(tab.state(), AuthState::SignedIn { .. }) {
        return Err(AuthError::SignedOut);
    }
    let new = NewPassword::parse(next, PasswordPolicy::default()).expect("long enough");
    let (client, current) = (tab.client.clone(), Secret::new(current));
    tab.run(async move { client.change_password(current, new).await.map(drop) })
}
