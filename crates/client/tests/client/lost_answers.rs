//! Answers to a refresh that do not arrive, or not whole, or not in time.

use carnet_client::AuthError;
use serde_json::Value;

use crate::support::{Browser, Fault};

fn last_attempt(browser: &Browser) -> Value {
    browser.server.last_refresh.borrow()["attempt"].clone()
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_attempt() {
    let (browser, tab) = Browser::with_ada();
    browser.server.outdate_tokens();
    browser.faults([Fault::AnswerLost]);
    assert_eq!(tab.me().unwrap_err(), AuthError::Offline);
    let attempt = last_attempt(&browser);
    tab.hide();
    browser.world.advance(86_400_000);
    assert!(tab.me().is_ok());
    assert_eq!(last_attempt(&browser), attempt);
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn another_tab_repeats_the_attempt_whose_answer_was_lost() {
    let (browser, first) = Browser::with_ada();
    browser.server.outdate_tokens();
    browser.faults([Fault::AnswerLost]);
    first.me().unwrap_err();
    let attempt = last_attempt(&browser);
    drop(first);
    browser.world.advance(3_600_000);
    let second = browser.open();
    assert!(second.me().is_ok());
    assert_eq!(last_attempt(&browser), attempt);
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn an_attempt_is_stored_before_it_is_sent() {
    let (browser, tab) = Browser::with_ada();
    browser.server.outdate_tokens();
    let call = tab.begin_me();
    browser.world.advance(115);
    let stored = browser.stored("carnet.session").unwrap();
    let stored: Value = serde_json::from_str(&stored).unwrap();
    assert!(stored["attempt"].is_string(), "{stored}");
    browser.world.advance(1_000);
    assert_eq!(stored["attempt"], last_attempt(&browser));
    assert!(call.take().unwrap().is_ok());
}

#[test]
fn an_answered_attempt_becomes_the_previous_one_and_is_not_used_again() {
    let (browser, tab) = Browser::with_ada();
    browser.server.outdate_tokens();
    tab.me().unwrap();
    let first = last_attempt(&browser);
    browser.server.outdate_tokens();
    tab.me().unwrap();
    let second = browser.server.last_refresh.borrow().clone();
    assert_eq!(second["previous"], first);
    assert_ne!(second["attempt"], first);
}

#[test]
fn a_lost_request_costs_nothing() {
    let (browser, tab) = Browser::with_ada();
    browser.server.outdate_tokens();
    browser.faults([Fault::RequestLost]);
    tab.me().unwrap_err();
    browser.world.advance(5_000);
    assert!(tab.me().is_ok());
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn a_cookie_without_its_body_is_recovered_by_a_new_attempt() {
    let (browser, tab) = Browser::with_ada();
    browser.server.outdate_tokens();
    browser.faults([Fault::BodyLost]);
    tab.me().unwrap_err();
    let lost = last_attempt(&browser);
    browser.world.advance(60_000);
    assert!(tab.me().is_ok());
    assert_ne!(last_attempt(&browser), lost);
    assert!(!browser.server.has_cried_theft());
    assert_eq!(tab.username().as_deref(), Some("ada"));
}

#[test]
fn a_refresh_is_aborted_after_eight_seconds_and_its_late_answer_changes_nothing() {
    let (browser, tab) = Browser::with_ada();
    browser.server.outdate_tokens();
    browser.faults([Fault::Slow(20_000)]);
    let start = browser.world.now();
    assert_eq!(tab.me().unwrap_err(), AuthError::Offline);
    assert!(browser.world.now() - start < 8_500);
    browser.world.advance(60_000);
    assert!(tab.me().is_ok());
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn the_lock_is_free_again_after_an_aborted_refresh() {
    let (browser, first) = Browser::with_ada();
    let second = browser.open();
    browser.world.advance(100);
    browser.server.outdate_tokens();
    browser.faults([Fault::Slow(60_000)]);
    let calls = [first.begin_me(), second.begin_me()];
    browser.world.advance(9_500);
    let worked = calls.iter().filter(|call| matches!(call.take(), Some(Ok(_)))).count();
    assert_eq!(worked, 1, "the second tab has had the lock by now");
}

#[test]
fn every_second_answer_lost_for_an_hour_signs_nobody_out() {
    let (browser, tab) = Browser::with_ada();
    browser.server.access_lifetime.set(5);
    let other = browser.open();
    for round in 0..600 {
        if round % 2 == 0 {
            let fault =
                [Fault::AnswerLost, Fault::BodyLost, Fault::Slow(9_000)][round / 2 % 3].clone();
            browser.faults([fault]);
        }
        let calls = [tab.begin_me(), other.begin_me()];
        browser.world.advance(6_000);
        drop(calls);
        assert!(!browser.server.has_cried_theft(), "round {round}");
    }
    browser.network.faults.borrow_mut().clear();
    browser.world.advance(70_000);
    assert!(tab.me().is_ok() && other.me().is_ok());
}

#[test]
fn an_attempt_made_before_the_session_was_known_is_kept_by_the_page_that_knows_it() {
    let (browser, tab) = Browser::with_ada();
    drop(tab);
    browser.shared.local.values.borrow_mut().clear();
    browser.faults([Fault::AnswerLost]);
    let tab = browser.open_with(carnet_client::AuthState::Unknown);
    browser.world.advance(200);
    drop(tab);
    // Within the grace the server shows the page signed in; the refresh comes long after it.
    let tab = browser.open();
    assert_eq!(tab.username().as_deref(), Some("ada"));
    tab.hide();
    browser.world.advance(3_600_000);
    assert!(tab.me().is_ok());
    assert!(!browser.server.has_cried_theft());
}
