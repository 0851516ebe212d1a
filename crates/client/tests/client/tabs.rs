//! Several tabs of one browser.

use carnet_client::AuthState;
use carnet_client::edges::Lock;
use carnet_shared::paths;

use crate::support::{Browser, Tab};

fn tabs(browser: &Browser, first: Tab, count: usize) -> Vec<Tab> {
    let mut tabs = vec![first];
    tabs.extend((1..count).map(|_| browser.open()));
    tabs
}

#[test]
fn ten_tabs_cause_one_refresh_per_expiry() {
    let (browser, tab) = Browser::with_ada();
    browser.server.access_lifetime.set(5);
    browser.server.outdate_tokens();
    let tabs = tabs(&browser, tab, 10);
    let mut calls = 0;
    for _ in 0..120 {
        browser.world.advance(1_000);
        for tab in &tabs {
            assert!(tab.me().is_ok());
            calls += 1;
        }
    }
    let elapsed = browser.world.now() / 1_000;
    // A token of 5 seconds surely lives 4, and is renewed at most half a second before that.
    let most = usize::try_from(elapsed).unwrap() * 2 / 7 + 1;
    assert!(browser.server.refreshes() <= most, "{} in {elapsed} s", browser.server.refreshes());
    // The tokens that were outdated at the beginning, and none later.
    assert_eq!(browser.server.refusals(), 1);
    assert_eq!(browser.server.count(paths::ME), calls + 1);
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn tabs_that_ask_at_the_same_moment_share_one_refresh() {
    let (browser, tab) = Browser::with_ada();
    let tabs = tabs(&browser, tab, 8);
    browser.world.advance(100);
    browser.server.outdate_tokens();
    let calls: Vec<_> = tabs.iter().flat_map(|tab| (0..5).map(|_| tab.begin_me())).collect();
    browser.world.advance(5_000);
    assert!(calls.iter().all(|call| call.take().unwrap().is_ok()));
    assert_eq!(browser.server.refreshes(), 1);
}

#[test]
fn a_new_tab_is_given_the_token_of_another() {
    let (browser, _first) = Browser::with_ada();
    let second = browser.open();
    assert!(second.me().is_ok());
    assert_eq!(browser.server.refreshes(), 0);
}

#[test]
fn without_locks_and_channel_racing_tabs_stay_signed_in() {
    for (has_locks, has_channel) in [(false, true), (true, false), (false, false)] {
        let browser = Browser::new();
        browser.shared.has_locks.set(has_locks);
        browser.shared.has_channel.set(has_channel);
        let tab = browser.open();
        tab.login("ada").unwrap();
        browser.server.access_lifetime.set(5);
        let tabs = tabs(&browser, tab, 6);
        for _ in 0..60 {
            browser.world.advance(1_000);
            let calls: Vec<_> = tabs.iter().map(Tab::begin_me).collect();
            // Without a lock a refresh waits until the tabs agree.
            browser.world.advance(1_000);
            assert!(calls.iter().all(|call| call.take().unwrap().is_ok()));
        }
        assert!(!browser.server.has_cried_theft());
        assert!(tabs.iter().all(|tab| tab.username().is_some()));
    }
}

#[test]
fn without_locks_tabs_that_see_each_others_writes_late_agree_on_one_attempt() {
    let browser = Browser::new();
    browser.shared.has_locks.set(false);
    browser.shared.has_channel.set(false);
    browser.shared.lag.set(100);
    let tab = browser.open();
    tab.login("ada").unwrap();
    let tabs = tabs(&browser, tab, 4);
    for _ in 0..20 {
        browser.world.advance(1_000);
        browser.server.outdate_tokens();
        // Apart by less than what is written takes to be seen, so none sees the others in time.
        let calls: Vec<_> = tabs
            .iter()
            .map(|tab| {
                browser.world.advance(20);
                tab.begin_me()
            })
            .collect();
        browser.world.advance(5_000);
        assert!(calls.iter().all(|call| call.take().unwrap().is_ok()));
    }
    assert_eq!(browser.server.races(), 0);
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn a_lock_that_is_never_let_go_delays_but_does_not_stop() {
    let (browser, tab) = Browser::with_ada();
    let lock = browser.shared.lock.clone();
    let held = browser.world.run(async move { lock.acquire().await });
    browser.server.outdate_tokens();
    assert!(tab.me().is_ok());
    assert!((10_000..11_000).contains(&browser.world.now()), "{}", browser.world.now());
    drop(held);
}

#[test]
fn hidden_tabs_refresh_only_when_they_are_asked() {
    let (browser, tab) = Browser::with_ada();
    tab.hide();
    browser.world.advance(3_600_000);
    assert_eq!(browser.server.refreshes(), 0);
    assert!(tab.me().is_ok());
    assert_eq!(browser.server.refreshes(), 1);
}

#[test]
fn a_tab_that_is_shown_again_refreshes_what_has_expired() {
    let (browser, tab) = Browser::with_ada();
    tab.hide();
    browser.world.advance(3_600_000);
    tab.show();
    browser.world.advance(1_000);
    assert_eq!(browser.server.refreshes(), 1);
}

#[test]
fn a_frozen_tab_goes_on_with_what_the_others_have() {
    let (browser, first) = Browser::with_ada();
    let second = browser.open();
    second.me().unwrap();
    second.freeze();
    for _ in 0..30 {
        browser.world.advance(60_000);
        first.me().unwrap();
    }
    let before = browser.server.refreshes();
    second.thaw_deaf();
    assert!(second.me().is_ok());
    assert_eq!(browser.server.refreshes(), before);
    assert_eq!(browser.server.refusals(), 0);
}

#[test]
fn a_changed_name_is_shown_in_all_tabs() {
    let (browser, first) = Browser::with_ada();
    let second = browser.open();
    let client = first.client.clone();
    let name = carnet_shared::DisplayName::parse("Ada Lovelace").unwrap();
    browser.world.run(async move { client.update_profile(name).await }).unwrap();
    browser.world.advance(100);
    for tab in [&first, &second] {
        assert_eq!(tab.state().user().unwrap().name, "Ada Lovelace");
    }
}

#[test]
fn signing_in_in_one_tab_signs_in_all() {
    let browser = Browser::new();
    let (first, second) = (browser.open(), browser.open());
    first.login("ada").unwrap();
    browser.world.advance(100);
    assert!(matches!(second.state(), AuthState::SignedIn { .. }));
    assert!(second.me().is_ok());
    assert_eq!(browser.server.refreshes(), 0);
}

#[test]
fn a_new_tab_asks_before_it_waits_for_the_lock() {
    let (browser, _first) = Browser::with_ada();
    let lock = browser.shared.lock.clone();
    let held = browser.world.run(async move { lock.acquire().await });
    let second = browser.open();
    assert!(second.me().is_ok());
    assert!(browser.world.now() < 1_000, "{}", browser.world.now());
    drop(held);
}
