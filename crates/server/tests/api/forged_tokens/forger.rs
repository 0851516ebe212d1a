use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_server::keys::{KeyChange, import_key};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;

use crate::support::TestApp;

/// The key of RFC 7515 §A.3, whose private half everybody has.
const KNOWN: &str = r#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

/// Makes tokens out of a good one. It holds the very key that the server signs with, so that it is
/// not the signature that gives a token away.
pub(super) struct Forger {
    /// A token that is accepted.
    pub(super) good: String,
    /// Its header.
    pub(super) header: Value,
    /// Its claims.
    pub(super) claims: Value,
    /// The ids of all signing keys of the server, with their algorithms, and of those of refresh tokens.
    pub(super) key_ids: Vec<(String, String)>,
    server_key: EncodingKey,
    own_key: EncodingKey,
}

impl Forger {
    pub(super) async fn new(app: &TestApp) -> Self {
        let known = import_key(KNOWN, None).unwrap();
        let server_key = EncodingKey::from_ec_der(&known.private);
        app.app().keys.import(known, KeyChange::Now).await.unwrap();
        let own = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let own = EcdsaKeyPair::generate_pkcs8(own, &SystemRandom::new()).unwrap();
        let good = app.signed_in("ada").await.access;
        let decoded = |index: usize| -> Value {
            let part = good.split('.').nth(index).unwrap();
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        let listed = app.app().keys.list().await.unwrap().into_iter();
        Self {
            header: decoded(0),
            claims: decoded(1),
            key_ids: listed.map(|key| (key.row.id, key.row.algorithm)).collect(),
            server_key,
            own_key: EncodingKey::from_ec_der(own.as_ref()),
            good,
        }
    }

    /// The three segments of the good token.
    pub(super) fn parts(&self) -> [&str; 3] {
        let parts: Vec<&str> = self.good.split('.').collect();
        parts.try_into().unwrap()
    }

    /// Signed with the server's key.
    pub(super) fn signed(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        with_signature(&message(header, payload), Algorithm::ES256, &self.server_key)
    }

    /// Signed with a key of the forger's own.
    pub(super) fn self_signed(&self, header: &Value) -> String {
        let message = message(header.to_string(), self.claims.to_string());
        with_signature(&message, Algorithm::ES256, &self.own_key)
    }

    /// Signed with an HMAC.
    pub(super) fn hmac(&self, algorithm: Algorithm, header: &Value, secret: &[u8]) -> String {
        let message = message(header.to_string(), self.claims.to_string());
        with_signature(&message, algorithm, &EncodingKey::from_secret(secret))
    }

    /// The good header with one member changed, or taken away with `None`.
    pub(super) fn header_with(&self, name: &str, value: Option<Value>) -> Value {
        with(&self.header, name, value)
    }

    /// The good claims with one changed, as JSON text, or taken away with `None`.
    pub(super) fn claims_with(&self, name: &str, json: Option<&str>) -> String {
        const MARK: &str =
            "replaced below, since not all that may stand in JSON is a value of ours";
        let claims = with(&self.claims, name, json.map(|_| Value::from(MARK))).to_string();
        claims.replace(&format!("\"{MARK}\""), json.unwrap_or_default())
    }

    /// The public half of the forger's own key.
    pub(super) fn own_jwk(&self) -> Value {
        let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&self.own_key, Algorithm::ES256);
        serde_json::to_value(jwk.unwrap()).unwrap()
    }

    /// The public half of the server's key.
    pub(super) fn server_jwk(&self) -> Value {
        let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&self.server_key, Algorithm::ES256);
        serde_json::to_value(jwk.unwrap()).unwrap()
    }
}

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn message(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    format!("{}.{}", encode(header), encode(payload))
}

fn with_signature(message: &str, algorithm: Algorithm, key: &EncodingKey) -> String {
    format!("{message}.{}", crypto::sign(message.as_bytes(), key, algorithm).unwrap())
}

fn with(object: &Value, name: &str, value: Option<Value>) -> Value {
    let mut object = object.clone();
    match value {
        Some(value) => object[name] = value,
        None => drop(object.as_object_mut().unwrap().remove(name)),
    }
    object
}
