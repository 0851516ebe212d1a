use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_server::keys::{KeyChange, import_key};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::support::{ISSUER, TestApp};

/// Holds a key of the server's: what it signs has a good signature, whatever it says.
pub(super) struct Signer {
    kid: String,
    key: EncodingKey,
    now: i64,
}

impl Signer {
    /// Gives the server a key and keeps a copy.
    pub(super) async fn of(app: &TestApp) -> Self {
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let pem = pem::encode(&pem::Pem::new("PRIVATE KEY", pkcs8.unwrap().as_ref()));
        let key = EncodingKey::from_ec_pem(pem.as_bytes()).unwrap();
        let imported = import_key(&pem, None).unwrap();
        let kid = app.keys().import(imported, KeyChange::Now).await.unwrap();
        Self { kid, key, now: app.clock.now() }
    }

    /// The header that Carnet writes, with this key.
    pub(super) fn header(&self) -> Value {
        json!({"typ": "at+jwt", "alg": "ES256", "kid": self.kid})
    }

    /// What a good access token of this user says at this moment.
    pub(super) fn claims(&self, user_id: &str) -> Value {
        json!({
            "iss": ISSUER, "aud": ISSUER, "sub": user_id, "user_id": user_id,
            "token_type": "access", "exp": self.now + 300, "iat": self.now, "nbf": self.now,
            "auth_time": self.now, "jti": "a jti", "client_id": "carnet", "sid": "a session",
            "amr": ["pwd"], "username": "ada", "roles": ["user"],
        })
    }

    /// Now, as the server sees it.
    pub(super) fn now(&self) -> i64 {
        self.now
    }

    /// Signs these claims.
    pub(super) fn sign(&self, claims: &Value) -> String {
        self.sign_as(&self.header(), claims)
    }

    /// Signs these claims under this header.
    pub(super) fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, Algorithm::ES256).unwrap();
        format!("{message}.{signature}")
    }
}

/// The claims with one of another value.
pub(super) fn with(claims: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims.clone();
    claims[name] = value.into();
    claims
}

/// The claims without one.
pub(super) fn without(claims: &Value, name: &str) -> Value {
    let mut claims = claims.clone();
    claims.as_object_mut().unwrap().remove(name);
    claims
}
