//! Clocks that are wrong, jump, or stand still.

use crate::support::Browser;

const DAY: i64 = 86_400_000;

#[test]
fn a_clock_that_is_wrong_by_a_day_changes_nothing() {
    for skew in [DAY, -DAY] {
        let browser = Browser::new();
        browser.shared.skew.set(skew);
        let tab = browser.open();
        tab.login("ada").unwrap();
        for _ in 0..10 {
            browser.world.advance(60_000);
            assert!(tab.me().is_ok());
        }
        assert_eq!(browser.server.refusals(), 0);
        assert!(browser.server.refreshes() <= 3);
    }
}

#[test]
fn a_clock_set_ahead_causes_one_refresh_at_most() {
    let (browser, tab) = Browser::with_ada();
    browser.shared.skew.set(DAY);
    for _ in 0..3 {
        assert!(tab.me().is_ok());
    }
    assert_eq!(browser.server.refreshes(), 1);
    assert_eq!(browser.server.refusals(), 0);
}

#[test]
fn a_clock_set_back_does_not_make_an_old_token_good() {
    let (browser, tab) = Browser::with_ada();
    tab.hide();
    browser.world.advance(280_000);
    browser.shared.skew.set(-DAY);
    browser.world.advance(30_000);
    assert!(tab.me().is_ok());
    assert_eq!(browser.server.refusals(), 0);
}

#[test]
fn after_a_reload_a_clock_set_back_means_that_the_token_has_expired() {
    let (browser, tab) = Browser::with_ada();
    browser.shared.skew.set(-DAY);
    let tab = browser.reload(tab);
    assert!(tab.me().is_ok());
    assert_eq!(browser.server.refreshes(), 1);
    assert_eq!(browser.server.refusals(), 0);
}

#[test]
fn a_device_that_slept_does_not_send_what_expired_meanwhile() {
    let (browser, tab) = Browser::with_ada();
    browser.world.sleep(8 * 3_600_000);
    tab.show();
    assert!(tab.me().is_ok());
    assert_eq!(browser.server.refreshes(), 1);
    assert_eq!(browser.server.refusals(), 0);
}
