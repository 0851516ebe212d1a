use std::rc::Rc;

use carnet_client::AuthState;

use super::Case;
use super::Loot;
use super::behaviour::Behaviour;
use crate::backend::Backend;
use crate::{Browser, Chance, Fault, Tab, World};

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;

/// One fault in so many seconds at the screen: about one refresh in five meets one.
const SECONDS_PER_FAULT: u64 = 1_200;

/// Somebody at a screen for a while, away for a while, and so on.
pub(super) struct Owner<B> {
    pub(super) world: World,
    pub(super) browser: Browser<B>,
    tab: Tab,
    chance: Chance,
    is_lossy: bool,
    /// Since when the owner is away, if so.
    pub(super) away_since: Option<i64>,
    turns_at: i64,
}

impl<B: Backend + 'static> Owner<B> {
    /// Somebody who has just signed in.
    pub(super) fn new(
        world: &World,
        server: &Rc<B>,
        username: &str,
        case: Case,
        chance: Chance,
    ) -> Self {
        let browser = Browser::before(world, server);
        browser.shared.local.blocked.set(!case.has_storage);
        let tab = browser.open();
        tab.login(username).expect("the owner is let in");
        let (world, is_lossy) = (world.clone(), case.is_lossy);
        let mut owner =
            Self { world, browser, tab, chance, is_lossy, away_since: None, turns_at: 0 };
        owner.comes_back();
        owner
    }

    /// Lets a little time pass: a second at the screen, ten away from it.
    pub(super) fn live(&mut self) {
        let is_away = self.away_since.is_some();
        let faults = self.browser.network.faults.borrow().len();
        if self.is_lossy && !is_away && faults == 0 && self.chance.once_in(SECONDS_PER_FAULT) {
            let slow = self.chance.between(9 * SECOND_MS, 30 * SECOND_MS);
            let faults =
                [Fault::RequestLost, Fault::AnswerLost, Fault::BodyLost, Fault::Slow(slow)];
            let fault = self.chance.one_of(&faults).clone();
            self.browser.faults([fault]);
        }
        self.world.advance(if is_away { 10 * SECOND_MS } else { SECOND_MS });
        if self.world.now() >= self.turns_at {
            if is_away { self.comes_back() } else { self.goes_away() }
        }
    }

    fn goes_away(&mut self) {
        self.tab.freeze();
        self.away_since = Some(self.world.now());
        self.turns_at = self.world.now() + self.chance.between(10 * MINUTE_MS, 8 * HOUR_MS);
    }

    fn comes_back(&mut self) {
        self.away_since = None;
        self.turns_at = self.world.now() + self.chance.between(10 * MINUTE_MS, 3 * HOUR_MS);
        self.tab.thaw();
    }

    /// Whether somebody who signed in sees that they are no longer.
    pub(super) fn is_signed_out(&self) -> bool {
        matches!(self.tab.state(), AuthState::Anonymous(_))
    }

    /// When a refresh last came to its good end, and how many did.
    pub(super) fn refreshed(&self) -> (i64, u64) {
        self.browser.network.refreshed.get()
    }
}

/// A day over a bad connection, without a thief.
pub(super) fn lossy_day<B: Backend + 'static>(
    world: &World,
    server: &Rc<B>,
    username: &str,
    seed: u64,
) -> (u64, bool) {
    let case =
        Case { loot: Loot::Token, behaviour: Behaviour::AtOnce, is_lossy: true, has_storage: true };
    let mut owner = Owner::new(world, server, username, case, Chance::new(seed));
    while world.now() < 24 * HOUR_MS && !owner.is_signed_out() {
        owner.live();
    }
    (owner.refreshed().1, owner.is_signed_out())
}
