//! Signing out: here, in other tabs, without a network, and against answers that come late.

use carnet_client::{AuthState, SignOutReason};
use carnet_shared::{ErrorCode, paths};

use crate::support::{Browser, Fault};

const HERE: AuthState = AuthState::Anonymous(Some(SignOutReason::Here));
const ELSEWHERE: AuthState = AuthState::Anonymous(Some(SignOutReason::Elsewhere));

#[test]
fn signing_out_in_one_tab_signs_out_all() {
    let (browser, first) = Browser::with_ada();
    let second = browser.open();
    first.logout();
    browser.world.advance(100);
    assert_eq!(first.state(), HERE);
    assert_eq!(second.state(), ELSEWHERE);
    assert_eq!(browser.server.living(), 0);
    assert_eq!(second.me().unwrap_err().code(), Some(ErrorCode::MissingToken));
}

#[test]
fn signing_out_leaves_nothing_behind() {
    let (browser, tab) = Browser::with_ada();
    tab.me().unwrap();
    tab.logout();
    assert_eq!(browser.stored("carnet.session"), None);
    assert_eq!(browser.stored("carnet.tokens"), None);
    assert!(tab.area.values.borrow().is_empty());
}

#[test]
fn signing_out_works_without_a_network_and_is_true_after_a_reload() {
    let (browser, tab) = Browser::with_ada();
    browser.network.offline.set(true);
    tab.logout();
    assert_eq!(tab.state(), HERE);
    let mark = browser.network.cookies.borrow().mark.clone().unwrap();
    assert_eq!(mark, ("__Host-carnet-out".to_owned(), "session-0".to_owned()));
    browser.network.offline.set(false);
    let tab = browser.reload(tab);
    assert_eq!(tab.state(), AuthState::Anonymous(None));
    assert_eq!(browser.server.living(), 0);
}

#[test]
fn signing_out_works_with_an_expired_token() {
    let (browser, tab) = Browser::with_ada();
    tab.hide();
    browser.world.advance(86_400_000);
    tab.logout();
    assert_eq!(browser.server.living(), 0);
    assert_eq!(browser.server.refreshes(), 0);
}

#[test]
fn the_late_answer_of_a_refresh_does_not_bring_a_session_back() {
    let (browser, first) = Browser::with_ada();
    let second = browser.open();
    browser.world.advance(100);
    browser.server.outdate_tokens();
    browser.faults([Fault::Slow(3_000)]);
    let call = second.begin_me();
    browser.world.advance(1_000);
    // As if it had not heard: only the storage tells it.
    second.freeze();
    let client = first.client.clone();
    let done = browser.world.begin(async move { client.logout().await });
    browser.world.advance(100);
    second.thaw_deaf();
    browser.world.advance(10_000);
    assert!(done.take().is_some());
    assert!(call.take().unwrap().is_err());
    assert_eq!(second.state(), ELSEWHERE);
    assert_eq!(first.state(), HERE);
    assert!(second.area.values.borrow().is_empty());
}

#[test]
fn signing_out_while_this_tab_refreshes_ends_the_refresh() {
    let (browser, tab) = Browser::with_ada();
    browser.server.outdate_tokens();
    browser.faults([Fault::Slow(2_000)]);
    let call = tab.begin_me();
    browser.world.advance(500);
    tab.logout();
    browser.world.advance(5_000);
    assert!(call.take().unwrap().is_err());
    assert_eq!(tab.state(), HERE);
    assert_eq!(browser.server.living(), 0);
}

#[test]
fn a_tab_that_did_not_hear_of_it_notices_when_it_is_shown() {
    let (browser, first) = Browser::with_ada();
    let second = browser.open();
    second.me().unwrap();
    second.freeze();
    first.logout();
    browser.world.advance(60_000);
    second.thaw_deaf();
    assert_eq!(second.state(), ELSEWHERE);
}

#[test]
fn a_token_announced_before_a_sign_out_is_not_taken_after_it() {
    let (browser, first) = Browser::with_ada();
    let second = browser.open();
    second.me().unwrap();
    browser.server.outdate_tokens();
    second.freeze();
    // The announcement waits at the frozen tab, and the sign-out behind it.
    first.me().unwrap();
    first.logout();
    browser.world.advance(100);
    second.thaw();
    browser.world.advance(100);
    assert_eq!(second.state(), ELSEWHERE);
    assert!(second.states.borrow().iter().all(|state| *state != AuthState::Unknown));
}

#[test]
fn a_session_that_was_ended_on_another_device_ends_here_with_the_next_call() {
    let (browser, tab) = Browser::with_ada();
    browser.server.end_all(ErrorCode::SessionEnded);
    tab.me().unwrap_err();
    assert_eq!(tab.state(), ELSEWHERE);
}

#[test]
fn signing_in_again_after_signing_out_works() {
    let (browser, first) = Browser::with_ada();
    let second = browser.open();
    first.logout();
    first.login("ada").unwrap();
    browser.world.advance(100);
    assert!(first.me().is_ok() && second.me().is_ok());
    browser.server.outdate_tokens();
    assert!(second.me().is_ok());
    assert_eq!(browser.server.refreshes(), 1);
    assert_eq!(browser.server.count(paths::LOGOUT), 1);
}

#[test]
fn an_answer_that_arrives_after_a_sign_out_nobody_told_of_is_dropped() {
    let browser = Browser::new();
    browser.shared.has_channel.set(false);
    let first = browser.open();
    first.login("ada").unwrap();
    let second = browser.open();
    browser.faults([Fault::Slow(3_000)]);
    let call = second.begin_me();
    browser.world.advance(1_000);
    // It waits for the lock, but in the browser it is done.
    let client = first.client.clone();
    let _done = browser.world.begin(async move { client.logout().await });
    browser.world.advance(10_000);
    assert!(call.take().unwrap().is_err());
    assert_eq!(second.state(), ELSEWHERE);
    assert_eq!(browser.stored("carnet.session"), None);
}

#[test]
fn a_sign_out_waits_for_the_cookie_of_a_refresh_and_then_clears_it() {
    let (browser, first) = Browser::with_ada();
    let second = browser.open();
    browser.world.advance(100);
    browser.server.outdate_tokens();
    browser.faults([Fault::Slow(1_000)]);
    let _call = first.begin_me();
    browser.world.advance(500);
    first.freeze();
    second.logout();
    browser.world.advance(5_000);
    assert_eq!(browser.network.cookies.borrow().session, None);
}
