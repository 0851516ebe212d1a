//! Histories by chance: tabs come and go, freeze and wake, answers get lost, clocks jump. Whatever
//! happens, nobody is signed out who did not sign out. A failing seed is printed, and is all that
//! is needed to see it again.

use carnet_client::edges::Wake;
use carnet_simulator::Chance;

use crate::support::{Browser, Fault, Tab};

const STEPS: usize = 120;

/// How many; as many as asked for by `CARNET_HISTORIES`.
fn histories() -> u64 {
    let asked = std::env::var("CARNET_HISTORIES").ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(150)
}

fn step(browser: &Browser, tabs: &mut Vec<Tab>, chance: &mut Chance) {
    let index = chance.index(tabs.len());
    match chance.below(16) {
        0..=3 => drop(tabs[index].begin_me()),
        4 => browser.faults([Fault::by_chance(chance)]),
        5 => browser.server.outdate_tokens(),
        6 if tabs.len() < 5 => tabs.push(browser.open()),
        7 if tabs.len() > 1 => drop(tabs.remove(index)),
        8 => {
            let tab = tabs.remove(index);
            tabs.push(browser.reload(tab));
        }
        9 => tabs[index].freeze(),
        10 => tabs[index].thaw(),
        11 => tabs[index].thaw_deaf(),
        12 => tabs[index].hide(),
        13 => tabs[index].show(),
        14 => {
            browser.network.offline.set(chance.below(3) == 0);
            tabs[index].wake(Wake::Online);
        }
        _ => match chance.below(3) {
            0 => browser.world.sleep(3_600_000),
            1 => browser.shared.skew.set(*chance.one_of(&[0, 86_400_000, -86_400_000])),
            _ => browser.world.advance(400_000),
        },
    }
    let pause = *chance.one_of(&[0, 1, 30, 60, 500, 5_000, 15_000]);
    browser.world.advance(pause);
}

fn play(seed: u64) -> (Browser, Vec<Tab>) {
    let mut chance = Chance::new(seed);
    let (browser, tab) = Browser::with_ada();
    browser.server.access_lifetime.set(*chance.one_of(&[5, 60, 300]));
    let mut tabs = vec![tab];
    for number in 0..STEPS {
        step(&browser, &mut tabs, &mut chance);
        assert!(!browser.server.has_cried_theft(), "seed {seed}, step {number}");
    }
    (browser, tabs)
}

#[test]
fn no_history_signs_anybody_out() {
    for seed in 1..=histories() {
        let (browser, tabs) = play(seed);
        browser.network.offline.set(false);
        browser.network.faults.borrow_mut().clear();
        for tab in &tabs {
            tab.thaw();
            tab.wake(Wake::Online);
        }
        browser.world.advance(120_000);
        for tab in &tabs {
            assert_eq!(tab.username().as_deref(), Some("ada"), "seed {seed}");
            let call = tab.begin_me();
            browser.world.advance(60_000);
            assert!(matches!(call.take(), Some(Ok(_))), "seed {seed}");
        }
    }
}

#[test]
fn after_any_history_one_sign_out_is_for_all_and_for_good() {
    for seed in 1..=histories() / 2 {
        let (browser, tabs) = play(seed);
        tabs[0].thaw();
        browser.network.faults.borrow_mut().clear();
        browser.network.offline.set(seed % 2 == 0);
        tabs[0].logout();
        browser.network.offline.set(false);
        for tab in &tabs {
            if seed % 3 == 0 { tab.thaw() } else { tab.thaw_deaf() }
        }
        browser.world.advance(120_000);
        for tab in &tabs {
            assert_eq!(tab.username(), None, "seed {seed}");
        }
        assert_eq!(browser.open().username(), None, "seed {seed}");
        assert_eq!(browser.server.living(), 0, "seed {seed}");
    }
}
