//! Signing and verifying access tokens.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use carnet_server::keys::SigningKey;
use carnet_shared::Claims;
use carnet_verify::{Algorithm, KeySet, Verifier};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::json;

const NOW: i64 = 1_800_000_000;
const ISSUER: &str = "https://carnet.example.org";

fn key(algorithm: Algorithm) -> SigningKey {
    let random = SystemRandom::new();
    let made = "a key is made";
    let private = match algorithm {
        Algorithm::ES256 => {
            let curve = &ECDSA_P256_SHA256_FIXED_SIGNING;
            EcdsaKeyPair::generate_pkcs8(curve, &random).expect(made).as_ref().to_vec()
        }
        Algorithm::EdDSA => {
            Ed25519KeyPair::generate_pkcs8v1(&random).expect(made).as_ref().to_vec()
        }
        _ => vec![7; 32],
    };
    SigningKey::read(algorithm, &private.into(), "kid").expect("a key is read")
}

fn claims() -> Claims {
    let claims = json!({
        "iss": ISSUER, "aud": ISSUER, "sub": "01890a5d-ac96-774b-bcce-b302099a8057",
        "exp": NOW + 300, "iat": NOW, "nbf": NOW, "jti": "YWFhYWFhYWFhYWFhYWFhYQ",
        "client_id": "carnet", "sid": "01890a5d-ac96-774b-bcce-b302099a8058", "auth_time": NOW,
        "amr": ["pwd"], "username": "ada", "roles": ["user"], "plan": "gold",
    });
    serde_json::from_value(claims).expect("they are claims")
}

fn access_tokens(criterion: &mut Criterion) {
    let (claims, verifier) = (claims(), Verifier::new(ISSUER, ISSUER));
    for algorithm in [Algorithm::ES256, Algorithm::EdDSA, Algorithm::HS256] {
        let name = algorithm.as_str();
        let key = key(algorithm);
        let mut keys = KeySet::new();
        keys.insert(key.kid().to_owned(), key.verifying().clone());
        let token = key.sign(&claims).expect("it signs");
        let verified = verifier.verify(&token, &keys, NOW).expect("it verifies");
        criterion.bench_function(&format!("sign {name}"), |bench| bench.iter(|| key.sign(&claims)));
        criterion.bench_function(&format!("verify {name}"), |bench| {
            bench.iter(|| verifier.verify(&token, &keys, NOW));
        });
        criterion.bench_function(&format!("verify {name} again"), |bench| {
            bench.iter(|| verifier.check_again(&verified, &keys, NOW));
        });
    }
}

criterion_group!(benches, access_tokens);
criterion_main!(benches);
