//! Calls of other services, each with a token of its own.

use carnet_client::{AuthClient, AuthError, AuthState, ClientSettings, SignOutReason, StorageKind};
use carnet_shared::{Delivery, ErrorCode};

use crate::support::{Browser, Fault, Tab};

const SHOP: &str = "shop";

/// The token that a call of the service is sent with.
async fn call(client: AuthClient, is_refused: fn(&Option<String>) -> bool) -> Answer {
    client.call_resource(SHOP, async |token| token.map(str::to_owned), is_refused).await
}

type Answer = Result<Option<String>, AuthError>;

fn call_shop(tab: &Tab) -> Answer {
    tab.run(call(tab.client.clone(), |_| false))
}

/// A service that refuses every token makes the client fetch a new one.
fn call_in_vain(tab: &Tab) -> Answer {
    tab.run(call(tab.client.clone(), |_| true))
}

/// A browser that keeps its refresh token itself.
fn with_body_delivery(storage: StorageKind) -> Browser {
    let settings =
        ClientSettings { delivery: Delivery::Body, storage, ..ClientSettings::default() };
    Browser { settings, ..Browser::new() }
}

fn is_for_shop(answer: &Answer) -> bool {
    matches!(answer, Ok(Some(token)) if token.starts_with("shop."))
}

#[test]
fn a_service_gets_a_token_of_its_own_and_carnet_the_one_that_it_had() {
    let (browser, tab) = Browser::with_ada();
    let first = call_shop(&tab);
    assert!(is_for_shop(&first), "{first:?}");
    assert_eq!(call_shop(&tab), first);
    assert_eq!(browser.server.last_refresh.borrow()["resource"], SHOP);
    assert!(tab.me().is_ok());
    assert_eq!((browser.server.refreshes(), browser.server.refusals()), (1, 0));
}

#[test]
fn a_service_is_called_without_a_token_when_nobody_is_signed_in() {
    let browser = Browser::new();
    assert_eq!(call_shop(&browser.open()), Ok(None));
    assert_eq!(browser.server.refreshes(), 0);
}

#[test]
fn fifty_parallel_calls_of_a_service_fetch_one_token() {
    let (browser, tab) = Browser::with_ada();
    let begin = || browser.world.begin(call(tab.client.clone(), |_| false));
    let calls: Vec<_> = (0..50).map(|_| begin()).collect();
    browser.world.advance(2_000);
    for call in calls {
        assert!(is_for_shop(&call.take().unwrap()));
    }
    assert_eq!(browser.server.refreshes(), 1);
}

#[test]
fn a_token_that_the_service_refuses_is_fetched_anew_once() {
    let (browser, tab) = Browser::with_ada();
    let first = call_shop(&tab);
    let second = call_in_vain(&tab);
    assert!(is_for_shop(&second));
    assert_ne!(second, first);
    assert_eq!(browser.server.refreshes(), 2);
    assert!(tab.me().is_ok());
}

#[test]
fn both_tokens_are_renewed_before_they_expire() {
    let (browser, tab) = Browser::with_ada();
    for _ in 0..20 {
        browser.world.advance(100_000);
        let Ok(Some(token)) = call_shop(&tab) else { panic!("no token") };
        let expires: i64 = token.rsplit('.').next().unwrap().parse().unwrap();
        assert!(expires > browser.world.now());
        assert!(tab.me().is_ok());
    }
    assert_eq!(browser.server.refusals(), 0);
    // 2 000 seconds, and each of the two tokens lives 300.
    assert!((12..=18).contains(&browser.server.refreshes()), "{}", browser.server.refreshes());
}

#[test]
fn a_lost_answer_to_a_call_for_a_token_ends_nothing() {
    for fault in [Fault::AnswerLost, Fault::BodyLost] {
        let (browser, tab) = Browser::with_ada();
        browser.faults([fault]);
        assert_eq!(call_shop(&tab), Err(AuthError::Offline));
        browser.world.advance(600_000);
        assert!(is_for_shop(&call_shop(&tab)));
        assert!(tab.me().is_ok());
        assert!(!browser.server.has_cried_theft());
    }
}

#[test]
fn other_tabs_follow_the_refresh_token_wherever_it_is_kept() {
    for storage in [StorageKind::Local, StorageKind::Memory] {
        let browser = with_body_delivery(storage);
        let tab = browser.open();
        tab.login("ada").unwrap();
        let other = browser.open();
        assert!(other.me().is_ok());
        for _ in 0..4 {
            browser.world.advance(30_000);
            assert!(is_for_shop(&call_in_vain(&tab)));
        }
        browser.server.outdate_tokens();
        assert!(other.me().is_ok(), "{storage:?}");
        assert!(is_for_shop(&call_shop(&other)));
        assert!(tab.me().is_ok());
        assert!(!browser.server.has_cried_theft());
    }
}

#[test]
fn a_session_that_has_ended_is_found_out_by_a_call_of_a_service_too() {
    let (browser, tab) = Browser::with_ada();
    browser.server.end_all(ErrorCode::SessionEnded);
    assert_eq!(call_shop(&tab), Err(AuthError::SignedOut));
    assert_eq!(tab.state(), AuthState::Anonymous(Some(SignOutReason::Elsewhere)));
}

#[test]
fn no_service_is_called_in_the_name_of_who_has_signed_out() {
    let (browser, tab) = Browser::with_ada();
    assert!(is_for_shop(&call_shop(&tab)));
    tab.logout();
    assert_eq!(call_shop(&tab), Ok(None));
    tab.login("grace").unwrap();
    let Ok(Some(token)) = call_shop(&tab) else { panic!("no token") };
    assert!(token.starts_with("shop.1."), "{token}");
    assert_eq!(browser.server.refreshes(), 2);
}
