//! When keys are fetched while the issuer answers.

use std::sync::Arc;

use carnet_verify::{KeySet, Refusal, ResourceServer, TokenError, VerifyingKey};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::json;

use crate::support::{ACCEPTED, AUDIENCE, ISSUER, Setting, Signer, UNKNOWN_KEY, signed};

#[tokio::test]
async fn nothing_is_fetched_before_the_first_token_that_could_be_one() {
    let key = Signer::new("k1");
    let setting = Setting::new(&[&key]);
    for junk in ["", "junk", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
        assert!(matches!(setting.verdict(junk).await, Err(TokenError::Refused(_))));
    }
    assert_eq!(setting.issuer.fetches(), 0);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
    assert_eq!(setting.issuer.fetches(), 1);
}

#[tokio::test]
async fn keys_are_kept_as_long_as_the_answer_says_and_five_minutes_at_most() {
    let key = Signer::new("k1");
    for (cache_control, seconds) in [("max-age=60", 60), ("max-age=86400", 300), ("public", 300)] {
        let setting = Setting::new(&[]);
        setting.issuer.publishes_for(&[&key], cache_control);
        for (advance, fetches) in [(0, 1), (seconds - 1, 1), (1, 2), (1, 2), (seconds - 1, 3)] {
            setting.clock.advance(advance);
            assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
            assert_eq!(setting.issuer.fetches(), fetches, "{cache_control}, {advance}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_must_not_be_kept_is_kept_for_ten_seconds() {
    let key = Signer::new("k1");
    let setting = Setting::new(&[]);
    setting.issuer.publishes_for(&[&key], "no-store");
    for (advance, fetches) in [(0, 1), (9, 1), (1, 2)] {
        setting.clock.advance(advance);
        assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
        assert_eq!(setting.issuer.fetches(), fetches);
    }
}

#[tokio::test]
async fn a_new_key_is_found_by_its_first_token() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let setting = Setting::new(&[&old]);
    assert_eq!(setting.verdict(&old.token()).await, ACCEPTED);
    setting.clock.advance(10);
    setting.issuer.publishes(&[&old, &new]);
    assert_eq!(setting.verdict(&new.token()).await, ACCEPTED);
    assert_eq!(setting.verdict(&old.token()).await, ACCEPTED);
    assert_eq!(setting.issuer.fetches(), 2);
}

#[tokio::test]
async fn an_unknown_kid_is_looked_for_once_in_ten_seconds() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let setting = Setting::new(&[&old]);
    assert_eq!(setting.verdict(&new.token()).await, UNKNOWN_KEY);
    setting.issuer.publishes(&[&old, &new]);
    setting.clock.advance(9);
    assert_eq!(setting.verdict(&new.token()).await, UNKNOWN_KEY);
    assert_eq!(setting.issuer.fetches(), 1);
    setting.clock.advance(1);
    assert_eq!(setting.verdict(&new.token()).await, ACCEPTED);
    assert_eq!(setting.issuer.fetches(), 2);
}

#[tokio::test]
async fn a_flood_of_unknown_kids_costs_one_fetch() {
    let key = Signer::new("k1");
    let setting = Setting::new(&[&key]);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
    setting.clock.advance(10);
    for number in 0..200 {
        let invented = Signer::new(&format!("invented {number}"));
        assert_eq!(setting.verdict(&invented.token()).await, UNKNOWN_KEY);
    }
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
    assert_eq!(setting.issuer.fetches(), 2);
}

#[tokio::test]
async fn all_who_wait_share_one_fetch() {
    let key = Signer::new("k1");
    let setting = Arc::new(Setting::new(&[&key]));
    let closed = setting.issuer.gate.write().await;
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (setting, token) = (Arc::clone(&setting), key.token());
        callers.spawn(async move { setting.verdict(&token).await });
    }
    setting.issuer.is_asked(1).await;
    for _ in 0..500 {
        tokio::task::yield_now().await;
    }
    drop(closed);
    for verdict in callers.join_all().await {
        assert_eq!(verdict, ACCEPTED);
    }
    assert_eq!(setting.issuer.fetches(), 1);
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_end_the_fetch() {
    let key = Signer::new("k1");
    let setting = Arc::new(Setting::new(&[&key]));
    let closed = setting.issuer.gate.write().await;
    let (there, token) = (Arc::clone(&setting), key.token());
    let caller = tokio::spawn(async move { there.verdict(&token).await });
    setting.issuer.is_asked(1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    drop(closed);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
    assert_eq!(setting.issuer.fetches(), 1);
}

#[tokio::test]
async fn a_key_that_is_gone_is_refused_after_the_next_fetch() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let setting = Setting::new(&[&old]);
    assert_eq!(setting.verdict(&old.token()).await, ACCEPTED);
    setting.issuer.publishes(&[&new]);
    setting.clock.advance(299);
    assert_eq!(setting.verdict(&old.token()).await, ACCEPTED);
    setting.clock.advance(1);
    assert_eq!(setting.verdict(&old.token()).await, UNKNOWN_KEY);
    assert_eq!(setting.verdict(&new.token()).await, ACCEPTED);
}

#[tokio::test]
async fn a_clock_that_was_set_back_keeps_no_key_alive() {
    let key = Signer::new("k1");
    let setting = Setting::new(&[&key]);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
    setting.clock.advance(-1);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
    assert_eq!(setting.issuer.fetches(), 2);
}

#[tokio::test]
async fn a_key_of_an_unheard_of_kind_does_not_spoil_the_others() {
    let key = Signer::new("k1");
    let setting = Setting::new(&[]);
    let odd = [
        json!({"kty": "AKP", "kid": "p", "alg": "ML-DSA-44", "pub": "AA"}),
        json!({"kty": "EC", "kid": "e", "alg": "ES256", "crv": "P-999", "x": "AA", "y": "AA"}),
        json!({"kid": 7}),
        json!("key"),
    ];
    let keys: Vec<_> = odd.into_iter().chain([key.jwk()]).collect();
    setting.issuer.answers(&json!({ "keys": keys, "more": true }).to_string(), None);
    assert_eq!(setting.verdict(&key.token()).await, ACCEPTED);
}

#[tokio::test]
async fn a_published_secret_verifies_nothing() {
    let key = Signer::new("k1");
    let secret = [7; 32];
    let setting = Setting::new(&[]);
    let published = json!({
        "kty": "oct", "kid": "s", "alg": "HS256", "k": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
    });
    setting.issuer.answers(&json!({ "keys": [key.jwk(), published] }).to_string(), None);
    let token = signed("s", Algorithm::HS256, &EncodingKey::from_secret(&secret), json!({}));
    assert_eq!(setting.verdict(&token).await, UNKNOWN_KEY);
    // Nor do the letters of a published key as the secret of an HMAC.
    let x = key.jwk()["x"].as_str().unwrap().to_owned();
    let token = signed("k1", Algorithm::HS256, &EncodingKey::from_secret(x.as_bytes()), json!({}));
    assert_eq!(setting.verdict(&token).await, UNKNOWN_KEY);
}

#[tokio::test]
async fn a_shared_secret_needs_no_fetch() {
    let secret = [7; 32];
    let mut keys = KeySet::new();
    keys.insert("s".to_owned(), VerifyingKey::from_secret(&secret).unwrap());
    let server = ResourceServer::with_keys(ISSUER, AUDIENCE, keys);
    let now = carnet_verify::Clock::now(&carnet_verify::SystemClock);
    let times = json!({"iat": now, "nbf": now, "exp": now + 300});
    let sign = |kid: &str, secret: &[u8]| {
        signed(kid, Algorithm::HS256, &EncodingKey::from_secret(secret), times.clone())
    };
    assert!(server.verify(&sign("s", &secret)).await.is_ok());
    let refused = server.verify(&sign("s", &[8; 32])).await;
    assert_eq!(refused, Err(TokenError::Refused(Refusal::Signature)));
    let refused = server.verify(&sign("t", &secret)).await;
    assert_eq!(refused, Err(TokenError::Refused(Refusal::UnknownKey)));
}
