//! The pipeline, with tokens that are signed well and wrong in one place.

#![expect(clippy::unwrap_used, reason = "a test says that it failed by panicking")]

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_verify::{KeySet, Refusal, Verifier, VerifyingKey};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000;
const ISSUER: &str = "https://id.example.org";

struct Signer {
    key: EncodingKey,
    keys: KeySet,
}

impl Signer {
    fn new() -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &aws_lc_rs::rand::SystemRandom::new(),
        )
        .unwrap();
        let key = EncodingKey::from_ec_der(pkcs8.as_ref());
        let jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap();
        let mut keys = KeySet::new();
        keys.insert("k1".to_owned(), VerifyingKey::from_jwk(&jwk).unwrap());
        Self { key, keys }
    }

    fn token(&self, header: &Value, claims: &str) -> String {
        let message = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims)
        );
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, Algorithm::ES256).unwrap();
        format!("{message}.{signature}")
    }

    fn verify(&self, token: &str) -> Result<(), Refusal> {
        Verifier::new(ISSUER, ISSUER).verify(token, &self.keys, NOW).map(|_| ())
    }
}

fn header() -> Value {
    json!({"typ": "at+jwt", "alg": "ES256", "kid": "k1"})
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": ISSUER, "sub": "u1", "exp": NOW + 300, "iat": NOW, "nbf": NOW,
        "jti": "j1", "client_id": "carnet", "sid": "s1", "auth_time": NOW, "amr": ["pwd"],
        "username": "ada", "roles": ["user"], "plan": "gold",
    })
}

fn with(mut object: Value, key: &str, value: Value) -> Value {
    object[key] = value;
    object
}

#[test]
fn a_token_of_ours_is_accepted_with_its_own_claims() {
    let signer = Signer::new();
    let token = signer.token(&header(), &claims().to_string());
    let verified = Verifier::new(ISSUER, ISSUER).verify(&token, &signer.keys, NOW).unwrap();
    assert_eq!(verified.claims().sub, "u1");
    assert_eq!(verified.claims().custom["plan"], "gold");
}

#[test]
fn a_header_with_anything_else_than_ours_is_refused_though_signed_well() {
    let signer = Signer::new();
    let mut headers = vec![
        json!({"alg": "ES256", "kid": "k1"}),
        json!({"typ": "at+jwt", "kid": "k1"}),
        json!({"typ": "at+jwt", "alg": "ES256"}),
    ];
    for typ in ["JWT", "jwt", "AT+JWT", "application/at+jwt", "rt+jwt", ""] {
        headers.push(with(header(), "typ", json!(typ)));
    }
    for alg in ["none", "None", "NONE", "nOnE", "noNE", "HS256", "RS256", "ES512", "", "es256"] {
        headers.push(with(header(), "alg", json!(alg)));
    }
    for (member, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("jwk", json!({"kty": "EC"})),
        ("jku", json!("http://127.0.0.1:9/keys")),
        ("x5u", json!("http://127.0.0.1:9/cert")),
        ("x5c", json!(["MIIB"])),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
    ] {
        headers.push(with(header(), member, value));
    }
    for kid in [
        json!("../../dev/null"),
        json!("' OR 1=1--"),
        json!(""),
        json!("k1\0"),
        json!(1),
        json!(["k1"]),
        json!(null),
    ] {
        headers.push(with(header(), "kid", kid));
    }
    for header in headers {
        let token = signer.token(&header, &claims().to_string());
        assert!(signer.verify(&token).is_err(), "{header}");
    }
}

#[test]
fn a_claim_that_is_missing_or_of_another_type_is_refused_though_signed_well() {
    let signer = Signer::new();
    let is_optional = |name: &&str| ["token_type", "user_id"].contains(name);
    for name in carnet_shared::REGISTERED_CLAIMS.into_iter().filter(|name| !is_optional(name)) {
        let mut without = claims();
        without.as_object_mut().unwrap().remove(name);
        let token = signer.token(&header(), &without.to_string());
        assert_eq!(signer.verify(&token), Err(Refusal::Claims), "without {name}");
        for wrong in [json!(null), json!({}), json!([[1]]), json!(true)] {
            let token = signer.token(&header(), &with(claims(), name, wrong.clone()).to_string());
            assert_eq!(signer.verify(&token), Err(Refusal::Claims), "{name} = {wrong}");
        }
    }
    for name in carnet_shared::REGISTERED_CLAIMS.iter().filter(|name| is_optional(name)) {
        let token = signer.token(&header(), &with(claims(), name, json!([1])).to_string());
        assert_eq!(signer.verify(&token), Err(Refusal::Claims), "{name}");
    }
    for name in ["exp", "nbf", "iat", "auth_time"] {
        for wrong in [json!("9999999999"), json!([NOW]), json!(1.5), json!(1e300)] {
            let token = signer.token(&header(), &with(claims(), name, wrong.clone()).to_string());
            assert_eq!(signer.verify(&token), Err(Refusal::Claims), "{name} = {wrong}");
        }
    }
    let twice = claims().to_string().replacen('{', r#"{"sub":"root","#, 1);
    assert_eq!(signer.verify(&signer.token(&header(), &twice)), Err(Refusal::Claims));
}

#[test]
fn issuer_and_audience_are_compared_to_the_letter() {
    let signer = Signer::new();
    for (name, value, refusal) in [
        ("iss", json!("https://id.example.org/"), Refusal::Issuer),
        ("iss", json!([ISSUER]), Refusal::Claims),
        ("aud", json!("https://other.example.org"), Refusal::Audience),
        ("aud", json!([ISSUER, "https://other.example.org"]), Refusal::Claims),
    ] {
        let token = signer.token(&header(), &with(claims(), name, value).to_string());
        assert_eq!(signer.verify(&token), Err(refusal));
    }
}

#[test]
fn expiry_has_no_leeway_and_the_beginning_has_five_seconds() {
    let signer = Signer::new();
    for (name, value, expected) in [
        ("exp", NOW + 1, Ok(())),
        ("exp", NOW, Err(Refusal::Expired)),
        ("exp", i64::MIN, Err(Refusal::Expired)),
        ("nbf", NOW + 5, Ok(())),
        ("nbf", NOW + 6, Err(Refusal::NotYetValid)),
        ("iat", NOW + 6, Err(Refusal::NotYetValid)),
        ("iat", i64::MAX, Err(Refusal::NotYetValid)),
    ] {
        let token = signer.token(&header(), &with(claims(), name, json!(value)).to_string());
        assert_eq!(signer.verify(&token), expected, "{name} = {value}");
    }
}

#[test]
fn only_two_dots_and_base64url_make_a_token() {
    let signer = Signer::new();
    let good = signer.token(&header(), &claims().to_string());
    let (message, signature) = good.rsplit_once('.').unwrap();
    for token in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        message.to_owned(),
        format!("{message}."),
        format!("{message}.null"),
        format!("{good}="),
        format!("{good}\n"),
        format!(" {good}"),
        format!("{good}."),
        format!("{good}.{signature}"),
        format!("{message}..{signature}"),
        format!("{message}.{signature}{signature}"),
        format!("{message}.{}", &signature[..signature.len() - 2]),
        format!("{message}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
        format!("{message}.+{}", &signature[1..]),
        format!(r#"{{"payload":"{message}","signature":"{signature}"}}"#),
        "a".repeat(carnet_verify::MAX_TOKEN_LENGTH + 1),
    ] {
        assert!(signer.verify(&token).is_err(), "{token}");
    }
}

#[test]
fn another_key_with_the_same_id_does_not_pass() {
    let (ours, theirs) = (Signer::new(), Signer::new());
    let token = theirs.token(&header(), &claims().to_string());
    assert_eq!(ours.verify(&token), Err(Refusal::Signature));
}
