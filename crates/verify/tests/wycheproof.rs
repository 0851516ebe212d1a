//! Project Wycheproof's signatures, good and bad, against what the pipeline verifies with.

#![expect(clippy::unwrap_used, reason = "a test says that it failed by panicking")]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_verify::{Algorithm, VerifyingKey};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, crypto};
use serde_json::{Value, json};
use wycheproof::{TestResult, ecdsa, eddsa};

/// A key that is accepted here, as the verifier reads it.
fn key(jwk: &Value) -> DecodingKey {
    let jwk: Jwk = serde_json::from_value(jwk.clone()).unwrap();
    VerifyingKey::from_jwk(&jwk).unwrap();
    DecodingKey::from_jwk(&jwk).unwrap()
}

fn require(key: &DecodingKey, algorithm: Algorithm, message: &[u8], bytes: &[u8], good: bool) {
    let signature = URL_SAFE_NO_PAD.encode(bytes);
    let verified = crypto::verify(&signature, message, key, algorithm.library_name());
    assert_eq!(verified.unwrap_or(false), good, "{algorithm:?} {signature}");
}

fn ecdsa(name: ecdsa::TestName, algorithm: Algorithm, curve: &str, length: usize) {
    let set = ecdsa::TestSet::load(name).unwrap();
    let mut bad = 0;
    for group in &set.test_groups {
        // The point stands at the end of the key, uncompressed.
        let der: &[u8] = group.der.as_ref();
        let (x, y) = der[der.len() - 2 * length..].split_at(length);
        let [x, y] = [x, y].map(|number| URL_SAFE_NO_PAD.encode(number));
        let key = key(&json!({
            "kty": "EC", "crv": curve, "alg": algorithm.as_str(), "x": x, "y": y,
        }));
        for test in &group.tests {
            let good = test.result == TestResult::Valid;
            bad += usize::from(!good);
            require(&key, algorithm, test.msg.as_ref(), test.sig.as_ref(), good);
        }
    }
    assert!(bad > 80, "only {bad} bad signatures");
    eprintln!("{algorithm:?}: {0}/{0}, {bad} of them bad", set.number_of_tests);
}

#[test]
fn no_bad_signature_of_p256_passes_and_every_good_one_does() {
    ecdsa(ecdsa::TestName::EcdsaSecp256r1Sha256P1363, Algorithm::ES256, "P-256", 32);
}

#[test]
fn no_bad_signature_of_p384_passes_and_every_good_one_does() {
    ecdsa(ecdsa::TestName::EcdsaSecp384r1Sha384P1363, Algorithm::ES384, "P-384", 48);
}

#[test]
fn no_bad_signature_of_ed25519_passes_and_every_good_one_does() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let mut bad = 0;
    for group in &set.test_groups {
        let der: &[u8] = group.der.as_ref();
        let x = URL_SAFE_NO_PAD.encode(&der[der.len() - 32..]);
        let key = key(&json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": x}));
        for test in &group.tests {
            let good = test.result == TestResult::Valid;
            bad += usize::from(!good);
            require(&key, Algorithm::EdDSA, test.msg.as_ref(), test.sig.as_ref(), good);
        }
    }
    assert!(bad > 50, "only {bad} bad signatures");
    eprintln!("EdDSA: {0}/{0}, {bad} of them bad", set.number_of_tests);
}
