//! What a page begins with.

use carnet_client::{AuthState, SignOutReason};
use carnet_shared::{Delivery, ErrorCode};

use crate::support::{Browser, Fault};

#[test]
fn a_visitor_causes_no_request() {
    let browser = Browser::new();
    let tab = browser.open();
    browser.world.advance(3_600_000);
    assert_eq!(tab.state(), AuthState::Anonymous(None));
    assert!(browser.network.sent.borrow().is_empty());
}

#[test]
fn a_page_that_comes_signed_in_causes_no_request_until_a_token_is_needed() {
    let (browser, tab) = Browser::with_ada();
    drop(tab);
    let before = browser.network.sent.borrow().len();
    let tab = browser.open();
    browser.world.advance(3_600_000);
    assert_eq!(tab.username().as_deref(), Some("ada"));
    assert!(tab.states.borrow().is_empty(), "nothing changes, so nothing flashes");
    assert_eq!(browser.network.sent.borrow().len(), before);
    assert!(tab.me().is_ok());
    assert_eq!(browser.server.refreshes(), 1);
}

#[test]
fn a_reloaded_page_goes_on_with_its_token() {
    let (browser, tab) = Browser::with_ada();
    let tab = browser.reload(tab);
    assert!(tab.me().is_ok());
    assert_eq!(browser.server.refreshes(), 0);
}

#[test]
fn an_unknown_state_is_found_out_by_one_refresh() {
    let (browser, tab) = Browser::with_ada();
    drop(tab);
    let tab = browser.open_with(AuthState::Unknown);
    assert_eq!(tab.state(), AuthState::Unknown);
    browser.world.advance(1_000);
    assert_eq!(tab.username().as_deref(), Some("ada"));
    assert_eq!(browser.server.refreshes(), 1);
}

#[test]
fn an_unknown_state_without_a_session_turns_out_anonymous() {
    let browser = Browser::new();
    let tab = browser.open_with(AuthState::Unknown);
    browser.world.advance(1_000);
    assert_eq!(tab.state(), AuthState::Anonymous(None));
    assert_eq!(browser.server.refreshes(), 1);
    assert_eq!(browser.stored("carnet.epoch"), None, "no session, so none was signed out");
}

#[test]
fn an_unknown_state_says_why_the_session_is_over() {
    let (browser, tab) = Browser::with_ada();
    browser.server.end_all(ErrorCode::PasswordChanged);
    let tab = browser.reload(tab);
    assert_eq!(tab.state(), AuthState::Unknown);
    browser.world.advance(1_000);
    assert_eq!(tab.state(), AuthState::Anonymous(Some(SignOutReason::PasswordChanged)));
}

#[test]
fn an_unknown_state_stays_unknown_while_the_server_is_away() {
    let (browser, tab) = Browser::with_ada();
    browser.server.outdate_tokens();
    browser.faults([Fault::AnswerLost]);
    tab.me().unwrap_err();
    drop(tab);
    browser.world.advance(20_000);
    browser.network.offline.set(true);
    let tab = browser.open_with(AuthState::Unknown);
    browser.world.advance(30_000);
    assert_eq!(tab.state(), AuthState::Unknown);
    browser.network.offline.set(false);
    browser.world.advance(60_000);
    assert_eq!(tab.username().as_deref(), Some("ada"));
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn a_page_made_before_another_tab_signed_in_signs_nobody_out() {
    let browser = Browser::new();
    let seed = AuthState::Anonymous(None);
    let first = browser.open();
    first.login("ada").unwrap();
    let second = browser.open_with(seed);
    browser.world.advance(1_000);
    assert_eq!(second.username().as_deref(), Some("ada"));
    assert_eq!(first.username().as_deref(), Some("ada"));
    assert_eq!(browser.server.living(), 1);
}

#[test]
fn a_page_that_comes_signed_out_tells_tabs_that_still_think_otherwise() {
    let (browser, first) = Browser::with_ada();
    // A plain form signed out: no script ran.
    browser.server.end_all(ErrorCode::SessionEnded);
    browser.network.cookies.borrow_mut().session = None;
    first.hide();
    browser.world.advance(400_000);
    let second = browser.open();
    browser.world.advance(1_000);
    assert_eq!(second.state(), AuthState::Anonymous(None));
    assert!(matches!(first.state(), AuthState::Anonymous(Some(_))));
}

#[test]
fn a_session_begun_by_a_plain_form_is_refreshed_with_attempts() {
    let browser = Browser::new();
    let tab = browser.open();
    tab.login("ada").unwrap();
    browser.shared.local.values.borrow_mut().clear();
    drop(tab);
    let tab = browser.open();
    tab.me().unwrap();
    let sent = browser.server.last_refresh.borrow().clone();
    assert!(sent["attempt"].is_string());
    assert_eq!(sent["session"], "session-0");
}

#[test]
fn with_body_delivery_a_page_starts_from_the_storage() {
    let mut browser = Browser::new();
    browser.settings.delivery = Delivery::Body;
    let tab = browser.open();
    tab.login("ada").unwrap();
    let tab = browser.reload(tab);
    assert_eq!(tab.username().as_deref(), Some("ada"));
    assert!(tab.me().is_ok());
    assert_eq!(browser.server.refreshes(), 0);
}
