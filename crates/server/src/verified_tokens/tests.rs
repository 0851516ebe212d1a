use carnet_verify::{Algorithm, KeySet, Verifier};

use super::*;
use crate::keys::SigningKey;

/// Makes tokens of any session and verifies them.
struct Issuer {
    key: SigningKey,
    keys: KeySet,
}

impl Issuer {
    fn new() -> Self {
        let key = SigningKey::read(Algorithm::HS256, &vec![7; 32].into(), "key").unwrap();
        let mut keys = KeySet::new();
        keys.insert(key.kid().to_owned(), key.verifying().clone());
        Self { key, keys }
    }

    fn token(&self, sid: &str, jti: u32, exp: i64) -> (TokenName, Arc<Verified<Claims>>) {
        let claims = serde_json::json!({
            "iss": "", "aud": "", "sub": "", "exp": exp, "iat": 0, "nbf": 0, "jti": jti.to_string(),
            "client_id": "", "sid": sid, "auth_time": 0, "amr": [], "username": "", "roles": [],
        });
        let claims: Claims = serde_json::from_value(claims).unwrap();
        let token = self.key.sign(&claims).unwrap();
        let verified = Verifier::new("", "").verify(&token, &self.keys, 0).unwrap();
        (TokenName::of(&token).unwrap(), Arc::new(verified))
    }
}

#[test]
fn a_session_has_two_at_most_and_the_oldest_goes() {
    let (issuer, tokens) = (Issuer::new(), VerifiedTokens::default());
    let of_ada: Vec<_> = (0..5).map(|number| issuer.token("ada", number, 300)).collect();
    let (grace, graces) = issuer.token("grace", 0, 300);
    tokens.keep(grace, graces);
    for (name, verified) in &of_ada {
        tokens.keep(*name, Arc::clone(verified));
        tokens.keep(*name, Arc::clone(verified));
    }
    let found: Vec<bool> = of_ada.iter().map(|(name, _)| tokens.find(name).is_some()).collect();
    assert_eq!(found, [false, false, false, true, true]);
    assert!(tokens.find(&grace).is_some());
}

#[test]
fn nothing_is_left_of_those_who_do_nothing() {
    let (issuer, tokens) = (Issuer::new(), VerifiedTokens::default());
    for number in 0..1000 {
        let exp = if number < 990 { 300 } else { 301 };
        let (name, verified) = issuer.token(&format!("session {}", number / 2), number, exp);
        tokens.keep(name, verified);
    }
    tokens.forget_expired(299);
    assert_eq!((tokens.read().by_name.len(), tokens.read().of_session.len()), (1000, 500));
    tokens.forget_expired(300);
    assert_eq!((tokens.read().by_name.len(), tokens.read().of_session.len()), (10, 5));
    assert!(tokens.read().by_name.capacity() < 100);
    tokens.forget_expired(301);
    assert_eq!((tokens.read().by_name.capacity(), tokens.read().of_session.capacity()), (0, 0));
}

#[test]
fn a_flood_of_good_tokens_puts_nobody_out_and_takes_no_more_room() {
    let issuer = Issuer::new();
    let tokens = VerifiedTokens { most: 50, ..VerifiedTokens::default() };
    let of_ada: Vec<_> = (0..3).map(|number| issuer.token("ada", number, 300)).collect();
    let keep = |(name, verified): &(TokenName, _)| tokens.keep(*name, Arc::clone(verified));
    of_ada[..2].iter().for_each(keep);
    for number in 0..200 {
        keep(&issuer.token(&format!("flood {}", number / 2), number, 300));
    }
    assert_eq!((tokens.read().by_name.len(), tokens.read().of_session.len()), (50, 25));
    assert!(of_ada[..2].iter().all(|(name, _)| tokens.find(name).is_some()));
    // Whoever was there goes on.
    keep(&of_ada[2]);
    assert!(tokens.find(&of_ada[2].0).is_some());
    assert_eq!(tokens.read().by_name.len(), 50);
}
