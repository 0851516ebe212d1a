//! Another account signs in in another tab.

use carnet_client::AuthError;

use crate::support::{Browser, Fault};

#[test]
fn the_older_tab_shows_who_is_signed_in_now() {
    let (browser, first) = Browser::with_ada();
    let second = browser.open();
    second.login("grace").unwrap();
    browser.world.advance(100);
    assert_eq!(first.username().as_deref(), Some("grace"));
}

#[test]
fn a_tab_that_did_not_hear_of_it_finds_out_and_never_acts_as_the_other() {
    let (browser, first) = Browser::with_ada();
    first.me().unwrap();
    let second = browser.open();
    first.freeze();
    second.login("grace").unwrap();
    browser.world.advance(400_000);
    // Its timers and messages are gone, as after the back/forward cache.
    let call = first.begin_me();
    first.thaw_deaf();
    browser.world.advance(1_000);
    assert_eq!(call.take().unwrap().unwrap_err(), AuthError::SignedOut);
    assert_eq!(first.username().as_deref(), Some("grace"));
    assert_eq!(first.me().unwrap().username, "grace");
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn a_cookie_of_another_session_is_asked_about_without_a_name() {
    let (browser, first) = Browser::with_ada();
    // A plain form signed in as grace: no script ran, so the storage still names ada's session.
    let stored = browser.shared.local.values.borrow().clone();
    let second = browser.open();
    first.freeze();
    second.login("grace").unwrap();
    browser.world.advance(100);
    drop(second);
    *browser.shared.local.values.borrow_mut() = stored;
    browser.server.outdate_tokens();
    let call = first.begin_me();
    first.thaw_deaf();
    browser.world.advance(1_000);
    assert_eq!(call.take().unwrap().unwrap_err(), AuthError::SignedOut);
    assert_eq!(first.username().as_deref(), Some("grace"));
    assert_eq!(first.me().unwrap().username, "grace");
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn a_page_of_the_new_account_replaces_what_was_stored_of_the_old() {
    let (browser, first) = Browser::with_ada();
    browser.server.outdate_tokens();
    first.me().unwrap();
    let stored = browser.shared.local.values.borrow().clone();
    first.login("grace").unwrap();
    *browser.shared.local.values.borrow_mut() = stored;
    drop(first);
    let tab = browser.open();
    assert_eq!(tab.me().unwrap().username, "grace");
    assert_eq!(browser.server.refreshes(), 2, "no 409 on the way");
    assert!(browser.server.last_refresh.borrow()["previous"].is_null());
}

#[test]
fn a_login_waits_for_the_cookie_of_a_refresh_and_then_replaces_it() {
    let (browser, first) = Browser::with_ada();
    let second = browser.open();
    browser.world.advance(100);
    browser.server.outdate_tokens();
    browser.faults([Fault::Slow(1_000)]);
    let _call = first.begin_me();
    browser.world.advance(500);
    second.login("grace").unwrap();
    browser.world.advance(5_000);
    assert_eq!(browser.network.cookies.borrow().session.as_deref(), Some("refresh.1.0"));
}

#[test]
fn a_page_made_before_another_account_signed_in_shows_the_new_one() {
    let (browser, first) = Browser::with_ada();
    let seed = first.state();
    first.login("grace").unwrap();
    let second = browser.open_with(seed);
    browser.world.advance(1_000);
    assert_eq!(second.username().as_deref(), Some("grace"));
    assert_eq!(browser.server.refreshes(), 0);
}

#[test]
fn a_question_without_a_name_is_repeated_as_it_was_when_its_answer_is_lost() {
    let (browser, first) = Browser::with_ada();
    let stored = browser.shared.local.values.borrow().clone();
    let second = browser.open();
    first.freeze();
    second.login("grace").unwrap();
    browser.world.advance(100);
    drop(second);
    *browser.shared.local.values.borrow_mut() = stored;
    browser.server.outdate_tokens();
    browser.faults([Fault::Slow(0), Fault::AnswerLost]);
    first.thaw_deaf();
    assert!(first.me().is_err());
    first.hide();
    browser.world.advance(3_600_000);
    let _ = first.me();
    assert_eq!(first.username().as_deref(), Some("grace"));
    assert!(!browser.server.has_cried_theft());
}
