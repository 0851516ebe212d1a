//! What happens while the issuer cannot be reached.

use std::sync::Arc;
use std::time::Duration;

use carnet_verify::{ResourceServer, SetupError};

use crate::support::{ACCEPTED, AUDIENCE, ISSUER, Setting, Signer, UNAVAILABLE, UNKNOWN_KEY};

#[tokio::test]
async fn keys_serve_on_for_an_hour_while_the_issuer_is_down_or_as_long_as_is_set() {
    let usual = |key: &Signer| Setting::new(&[key]);
    keys_serve_on(usual, 60).await;
    let longer = |key: &Signer| Setting::with(&[key], |builder| builder.keys_without_issuer(DAY));
    keys_serve_on(longer, 24 * 60).await;
    // Never shorter than the issuer's own answer allows, which is five minutes here.
    let none =
        |key: &Signer| Setting::with(&[key], |builder| builder.keys_without_issuer(Duration::ZERO));
    keys_serve_on(none, 5).await;
    let too_long = ResourceServer::builder(ISSUER, AUDIENCE).keys_without_issuer(DAY + SECOND);
    assert!(matches!(too_long.build(), Err(SetupError::Stale)));
}

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn keys_serve_on(set: impl Fn(&Signer) -> Setting, minutes: u32) {
    let key = Signer::new("k1");
    let setting = set(&key);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
    setting.issuer.goes_down();
    for minute in 1..minutes {
        setting.clock.advance(60);
        assert_eq!(setting.verdict(&key.token()).await, ACCEPTED, "after {minute} minutes");
    }
    setting.clock.advance(60);
    assert_eq!(setting.verdict(&key.token()).await, UNAVAILABLE);
    setting.issuer.publishes(&[&key]);
    setting.clock.advance(10);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
}

#[tokio::test]
async fn an_issuer_that_is_down_is_asked_once_in_ten_seconds() {
    let key = Signer::new("k1");
    let setting = Setting::new(&[&key]);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
    setting.issuer.goes_down();
    setting.clock.advance(300);
    for _ in 0..100 {
        assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
        setting.clock.advance(1);
        tokio::task::yield_now().await;
    }
    assert_eq!(setting.issuer.fetches(), 11);
}

#[tokio::test]
async fn nobody_waits_for_an_issuer_that_has_just_failed() {
    let key = Signer::new("k1");
    let setting = Setting::new(&[&key]);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
    setting.issuer.goes_down();
    setting.clock.advance(300);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
    let closed = setting.issuer.gate.write().await;
    setting.clock.advance(10);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
    setting.issuer.is_asked(3).await;
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
    drop(closed);
}

#[tokio::test]
async fn after_a_quiet_night_old_keys_are_not_used_before_the_issuer_was_asked() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let setting = Setting::new(&[&old]);
    assert_eq!(setting.verdict(&old.token()).await, ACCEPTED);
    setting.issuer.goes_down();
    setting.clock.advance(300);
    assert_eq!(setting.verdict(&old.token()).await, ACCEPTED);
    setting.issuer.publishes(&[&new]);
    setting.clock.advance(8 * 60 * 60);
    assert_eq!(setting.verdict(&old.token()).await, UNKNOWN_KEY);
}

#[tokio::test]
async fn without_any_keys_nothing_is_said_about_a_token() {
    let key = Signer::new("k1");
    let setting = Setting::new(&[]);
    setting.issuer.goes_down();
    assert_eq!(setting.verdict(&key.token()).await, UNAVAILABLE);
    setting.issuer.publishes(&[&key]);
    setting.clock.advance(9);
    assert_eq!(setting.verdict(&key.token()).await, UNAVAILABLE);
    assert_eq!(setting.issuer.fetches(), 1);
    setting.clock.advance(1);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
}

#[tokio::test]
async fn an_unknown_kid_is_no_verdict_while_the_issuer_is_down() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let setting = Setting::new(&[&old]);
    assert_eq!(setting.verdict(&old.token()).await, ACCEPTED);
    setting.issuer.goes_down();
    setting.clock.advance(10);
    assert_eq!(setting.verdict(&new.token()).await, UNAVAILABLE);
    assert_eq!(setting.verdict(&old.token()).await, ACCEPTED);
    setting.issuer.publishes(&[&old, &new]);
    setting.clock.advance(10);
    assert_eq!(setting.verdict(&new.token()).await, ACCEPTED);
}

#[tokio::test]
async fn an_answer_that_holds_no_key_does_not_replace_those_that_are_kept() {
    let key = Signer::new("k1");
    let setting = Setting::new(&[&key]);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
    for body in ["<html>", r#"{"keys": []}"#] {
        setting.issuer.answers(body, None);
        setting.clock.advance(300);
        assert_eq!(setting.verdict(&key.token()).await, ACCEPTED, "{body}");
    }
}

#[tokio::test]
async fn all_who_wait_in_vain_hear_it_after_one_fetch() {
    let key = Signer::new("k1");
    let setting = Arc::new(Setting::new(&[]));
    setting.issuer.goes_down();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (setting, token) = (Arc::clone(&setting), key.token());
        callers.spawn(async move { setting.verdict(&token).await });
    }
    for verdict in callers.join_all().await {
        assert_eq!(verdict, UNAVAILABLE);
    }
    assert_eq!(setting.issuer.fetches(), 1);
}
