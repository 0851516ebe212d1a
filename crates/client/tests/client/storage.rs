//! Where things are kept, and what becomes of them there.

use std::cell::RefCell;
use std::rc::Rc;

use carnet_client::{AuthState, Incident, StorageKind};
use carnet_shared::Delivery;
use serde_json::Value;

use crate::support::{Browser, Fault};

#[test]
fn by_default_local_storage_holds_no_token() {
    let (browser, tab) = Browser::with_ada();
    tab.me().unwrap();
    let local = format!("{:?}", browser.shared.local.values.borrow());
    assert!(!local.contains("access.") && !local.contains("refresh."), "{local}");
    let own = format!("{:?}", tab.area.values.borrow());
    assert!(own.contains("access.") && !own.contains("refresh."), "{own}");
}

#[test]
fn memory_keeps_no_token_anywhere() {
    for delivery in [Delivery::Cookie, Delivery::Body] {
        let mut browser = Browser::new();
        browser.settings.storage = StorageKind::Memory;
        browser.settings.delivery = delivery;
        let tab = browser.open();
        tab.login("ada").unwrap();
        browser.server.outdate_tokens();
        tab.me().unwrap();
        for area in [&browser.shared.local, &tab.area] {
            let kept = format!("{:?}", area.values.borrow());
            assert!(!kept.contains("access.") && !kept.contains("refresh."), "{kept}");
        }
    }
}

#[test]
fn tabs_with_body_delivery_share_the_refresh_token_wherever_it_is_kept() {
    for storage in [StorageKind::Session, StorageKind::Local, StorageKind::Memory] {
        let mut browser = Browser::new();
        browser.settings.delivery = Delivery::Body;
        browser.settings.storage = storage;
        let first = browser.open();
        first.login("ada").unwrap();
        let second = browser.open_with(AuthState::Unknown);
        browser.world.advance(1_000);
        for round in 0..10 {
            browser.server.outdate_tokens();
            let (one, other) = if round % 2 == 0 { (&first, &second) } else { (&second, &first) };
            assert!(one.me().is_ok(), "{storage:?}, round {round}");
            browser.world.advance(15_000);
            assert!(other.me().is_ok(), "{storage:?}, round {round}");
        }
        assert!(!browser.server.has_cried_theft());
        assert!(browser.network.cookies.borrow().session.is_none());
    }
}

#[test]
fn a_lost_answer_with_body_delivery_is_asked_for_again() {
    let mut browser = Browser::new();
    browser.settings.delivery = Delivery::Body;
    let tab = browser.open();
    tab.login("ada").unwrap();
    browser.server.outdate_tokens();
    browser.faults([Fault::AnswerLost]);
    tab.me().unwrap_err();
    browser.world.advance(3_600_000);
    assert!(tab.me().is_ok());
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn corrupt_stored_values_are_discarded() {
    for junk in
        ["", "{", "null", "[]", "{\"session\":7}", "{\"attempt\":\"short\"}", "\u{0}", "9e99", "-1"]
    {
        let (browser, tab) = Browser::with_ada();
        for key in ["carnet.epoch", "carnet.session", "carnet.tokens"] {
            browser.shared.local.values.borrow_mut().insert(key.to_owned(), junk.to_owned());
            tab.area.values.borrow_mut().insert(key.to_owned(), junk.to_owned());
        }
        let tab = browser.reload(tab);
        assert!(tab.me().is_ok(), "{junk:?}");
        assert_eq!(tab.username().as_deref(), Some("ada"), "{junk:?}");
        let record: Value =
            serde_json::from_str(&browser.stored("carnet.session").unwrap()).unwrap();
        assert_eq!(record["session"], "session-0", "{junk:?}");
        assert_eq!(browser.stored("carnet.epoch"), None, "{junk:?}");
    }
}

#[test]
fn what_is_discarded_is_reported_once() {
    let (browser, tab) = Browser::with_ada();
    let heard = Rc::new(RefCell::new(Vec::new()));
    let ear = heard.clone();
    tab.client.on_incident(move |incident| ear.borrow_mut().push(*incident));
    tab.me().unwrap();
    assert!(heard.borrow().is_empty());
    for key in ["carnet.session", "carnet.tokens"] {
        browser.shared.local.values.borrow_mut().insert(key.to_owned(), "{".to_owned());
        tab.area.values.borrow_mut().insert(key.to_owned(), "{".to_owned());
    }
    tab.me().unwrap();
    tab.me().unwrap();
    let discarded = |key| Incident::Discarded { key };
    assert_eq!(*heard.borrow(), [discarded("carnet.session"), discarded("carnet.tokens")]);
}

#[test]
fn a_tab_that_cannot_write_sends_no_attempt_and_works() {
    let browser = Browser::new();
    browser.shared.local.blocked.set(true);
    let tab = browser.open();
    tab.login("ada").unwrap();
    browser.server.outdate_tokens();
    assert!(tab.me().is_ok());
    let sent = browser.server.last_refresh.borrow().clone();
    assert_eq!(sent["attempt"], Value::Null);
    assert_eq!(sent["previous"], Value::Null);
    assert_eq!(sent["session"], "session-0");
    tab.logout();
    assert_eq!(browser.server.living(), 0);
}

#[test]
fn a_full_storage_does_not_stop_the_tab() {
    let browser = Browser::new();
    browser.shared.local.full.set(true);
    let tab = browser.open();
    tab.area.full.set(true);
    tab.login("ada").unwrap();
    for _ in 0..5 {
        browser.server.outdate_tokens();
        assert!(tab.me().is_ok());
        browser.world.advance(20_000);
    }
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn storage_cleared_by_hand_signs_nobody_out() {
    let (browser, tab) = Browser::with_ada();
    let other = browser.open();
    other.me().unwrap();
    for _ in 0..3 {
        browser.shared.local.values.borrow_mut().clear();
        tab.area.values.borrow_mut().clear();
        browser.server.outdate_tokens();
        assert!(tab.me().is_ok() && other.me().is_ok());
        browser.world.advance(20_000);
    }
    assert!(!browser.server.has_cried_theft());
}

#[test]
fn storage_cleared_while_a_refresh_is_on_its_way_signs_nobody_out() {
    let (browser, tab) = Browser::with_ada();
    browser.server.outdate_tokens();
    browser.faults([Fault::Slow(1_000)]);
    let call = tab.begin_me();
    browser.world.advance(500);
    browser.shared.local.values.borrow_mut().clear();
    browser.world.advance(2_000);
    assert!(call.take().unwrap().is_ok());
    assert_eq!(browser.server.refreshes(), 1);
    browser.server.outdate_tokens();
    assert!(tab.me().is_ok());
}

#[test]
fn the_sign_out_epoch_is_written_again_after_it_was_cleared() {
    let (browser, tab) = Browser::with_ada();
    tab.logout();
    tab.login("ada").unwrap();
    browser.shared.local.values.borrow_mut().clear();
    browser.server.outdate_tokens();
    tab.me().unwrap();
    assert_eq!(browser.stored("carnet.epoch").as_deref(), Some("1"));
}
