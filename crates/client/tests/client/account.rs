//! What people do with their account.

use carnet_client::{AuthError, AuthState, SignOutReason};
use carnet_shared::{
    Email, ErrorCode, NewPassword, PasswordPolicy, RegisterRequest, Secret, Username, paths,
};

use crate::support::{Browser, Fault, Tab};

fn change_password(browser: &Browser, tab: &Tab, current: &str) -> Result<(), AuthError> {
    let new = NewPassword::parse("correct horse battery", PasswordPolicy::default()).unwrap();
    let (client, current) = (tab.client.clone(), Secret::new(current));
    browser.world.run(async move { client.change_password(current, new).await }).map(drop)
}

#[test]
fn registering_signs_in() {
    let browser = Browser::new();
    let tab = browser.open();
    let request = RegisterRequest {
        email: Email::parse("ada@example.org").unwrap(),
        username: Username::parse("ada").unwrap(),
        name: None,
        password: NewPassword::parse("correct horse battery", PasswordPolicy::default()).unwrap(),
        remember: None,
        delivery: None,
    };
    let client = tab.client.clone();
    let user = browser.world.run(async move { client.register(request).await }).unwrap();
    assert_eq!(user.username, "ada");
    assert!(tab.me().is_ok());
    assert!(browser.network.cookies.borrow().session.is_some(), "the settings' delivery was sent");
}

#[test]
fn a_wrong_password_changes_nothing() {
    let browser = Browser::new();
    let tab = browser.open();
    let error = tab.login_with("ada", "wrong").unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::InvalidCredentials));
    assert_eq!(tab.state(), AuthState::Anonymous(None));
    assert_eq!(browser.server.count(paths::LOGIN), 1);
    assert_eq!(browser.server.refreshes(), 0);
}

#[test]
fn a_login_without_a_network_says_so() {
    let browser = Browser::new();
    let tab = browser.open();
    browser.network.offline.set(true);
    assert_eq!(tab.login("ada").unwrap_err(), AuthError::Offline);
}

#[test]
fn a_changed_password_keeps_this_session_and_ends_the_others() {
    let (browser, tab) = Browser::with_ada();
    let elsewhere = Browser::before(&browser.world, &browser.server);
    let phone = elsewhere.open();
    phone.login("ada").unwrap();
    change_password(&browser, &tab, "right").unwrap();
    assert!(tab.me().is_ok());
    assert_eq!(phone.me().unwrap_err(), AuthError::SignedOut);
    assert_eq!(phone.state(), AuthState::Anonymous(Some(SignOutReason::PasswordChanged)));
    browser.server.outdate_tokens();
    assert!(tab.me().is_ok());
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn a_wrong_current_password_is_no_reason_to_sign_out() {
    let (browser, tab) = Browser::with_ada();
    let error = change_password(&browser, &tab, "wrong").unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::InvalidFields));
    assert!(tab.me().is_ok());
    assert_eq!(browser.server.refreshes(), 0);
}

#[test]
fn a_password_is_changed_with_an_outdated_token_too() {
    let (browser, tab) = Browser::with_ada();
    browser.server.outdate_tokens();
    change_password(&browser, &tab, "right").unwrap();
    assert_eq!(browser.server.count(paths::PASSWORD), 2);
    assert!(tab.me().is_ok());
}

#[test]
fn ending_this_session_signs_out_here() {
    let (browser, tab) = Browser::with_ada();
    let client = tab.client.clone();
    browser.world.run(async move { client.end_session("session-0").await }).unwrap();
    assert_eq!(tab.state(), AuthState::Anonymous(Some(SignOutReason::Here)));
}

#[test]
fn answers_without_content_are_read() {
    let (browser, tab) = Browser::with_ada();
    let client = tab.client.clone();
    browser.world.run(async move { client.end_other_sessions().await }).unwrap();
    let client = tab.client.clone();
    let list = browser.world.run(async move { client.sessions().await }).unwrap();
    assert!(list.sessions.is_empty());
}

#[test]
fn a_lost_answer_to_a_password_change_signs_nobody_out() {
    let (browser, tab) = Browser::with_ada();
    browser.faults_for(paths::PASSWORD, Fault::AnswerLost);
    assert_eq!(change_password(&browser, &tab, "right").unwrap_err(), AuthError::Offline);
    browser.world.advance(600_000);
    assert!(tab.me().is_ok());
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn a_password_is_changed_after_a_refresh_of_which_only_the_cookie_came() {
    let (browser, tab) = Browser::with_ada();
    tab.me().unwrap();
    browser.faults([Fault::BodyLost]);
    tab.hide();
    browser.world.advance(275_000);
    // Still good, and due: the call goes through and the refresh beside it is half lost.
    tab.me().unwrap();
    browser.world.advance(2_000);
    change_password(&browser, &tab, "right").unwrap();
    assert!(tab.me().is_ok());
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn a_call_made_before_the_page_has_started_waits_for_it() {
    let (browser, tab) = Browser::with_ada();
    tab.logout();
    tab.login("ada").unwrap();
    let early = browser.open_later();
    let call = early.begin_me();
    browser.world.advance(1_000);
    assert!(call.take().is_none());
    early.client.start(tab.state());
    browser.world.advance(1_000);
    assert!(call.take().unwrap().is_ok());
}
