use std::collections::HashSet;

use super::*;
use crate::random::{Random, SystemRandom};

fn key() -> MacKey {
    MacKey::new(MacKeyId([1, 2, 3, 4]), &[7; 32])
}

fn first(random: &dyn Random) -> RefreshToken {
    RefreshToken::first(Delivery::Body, random.id(0), random.bytes())
}

#[test]
fn no_two_refresh_tokens_are_the_same() {
    let count = if std::env::var_os("CARNET_FULL").is_some() { 100_000 } else { 10_000 };
    let (key, random) = (key(), SystemRandom);
    let mut seen = HashSet::new();
    for number in 0..count {
        let token = first(&random).at(number % 10).encode(&key);
        assert!(token.expose().len() >= 43 && seen.insert(token.expose().to_owned()));
    }
}

#[test]
fn whoever_holds_a_token_cannot_make_the_next_one() {
    let (key, random) = (key(), SystemRandom);
    let token = first(&random);
    let code = |token: &RefreshToken| {
        let bytes = RefreshToken::bytes(token.encode(&key).expose()).unwrap();
        bytes[BODY_LENGTH..].to_vec()
    };
    let mut forged = RefreshToken::bytes(token.at(1).encode(&key).expose()).unwrap();
    forged[BODY_LENGTH..].copy_from_slice(&code(&token));
    let (body, mac) = forged.split_at(BODY_LENGTH);
    assert!(!key.matches(body, mac));
    // Each bit counts: version, key id, delivery, session, generation and secret.
    let good = RefreshToken::bytes(token.encode(&key).expose()).unwrap();
    for bit in 0..LENGTH * 8 {
        let mut changed = good;
        changed[bit / 8] ^= 1 << (bit % 8);
        let (body, mac) = changed.split_at(BODY_LENGTH);
        assert!(!key.matches(body, mac), "bit {bit}");
    }
}
