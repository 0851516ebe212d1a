use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_verify::{
    Clock, FetchKeys, Fetched, Fetching, KeysUnavailable, Refusal, ResourceServer,
    ResourceServerBuilder, TokenError,
};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://id.example.org";
pub(crate) const AUDIENCE: &str = "https://api.example.org";
pub(crate) const NOW: i64 = 1_800_000_000;

pub(crate) const ACCEPTED: Result<(), TokenError> = Ok(());
pub(crate) const UNKNOWN_KEY: Result<(), TokenError> =
    Err(TokenError::Refused(Refusal::UnknownKey));
pub(crate) const UNAVAILABLE: Result<(), TokenError> = Err(TokenError::Keys(KeysUnavailable));

/// A clock that stands still until it is turned.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A key of the issuer, and what it signs.
#[derive(Debug)]
pub(crate) struct Signer {
    kid: String,
    key: EncodingKey,
}

impl Signer {
    pub(crate) fn new(kid: &str) -> Self {
        let random = aws_lc_rs::rand::SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        Self { kid: kid.to_owned(), key: EncodingKey::from_ec_der(pkcs8.unwrap().as_ref()) }
    }

    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.key, Algorithm::ES256).unwrap();
        jwk.common.key_id = Some(self.kid.clone());
        serde_json::to_value(jwk).unwrap()
    }

    /// A token that is good for a year, so that only its key decides.
    pub(crate) fn token(&self) -> String {
        self.token_with(json!({}))
    }

    /// The same with other claims.
    pub(crate) fn token_with(&self, claims: Value) -> String {
        signed(&self.kid, Algorithm::ES256, &self.key, claims)
    }
}

/// A token for the audience, with other claims where they are given.
pub(crate) fn signed(
    kid: &str,
    algorithm: Algorithm,
    key: &EncodingKey,
    more_claims: Value,
) -> String {
    let header = json!({"typ": "at+jwt", "alg": algorithm, "kid": kid});
    let mut claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "u1", "exp": NOW + 31_536_000, "iat": NOW,
        "nbf": NOW, "jti": "j1", "client_id": "carnet", "sid": "s1", "auth_time": NOW,
        "amr": ["pwd"], "username": "ada", "roles": ["user"], "plan": "gold",
    });
    if let (Value::Object(claims), Value::Object(more)) = (&mut claims, more_claims) {
        claims.extend(more);
    }
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encode(&header), encode(&claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

/// An issuer that answers what it was told, and counts how often it was asked.
#[derive(Debug, Default)]
pub(crate) struct FakeIssuer {
    answer: Mutex<Option<Fetched>>,
    fetches: AtomicUsize,
    /// Held by a test that wants answers to wait.
    pub(crate) gate: tokio::sync::RwLock<()>,
}

impl FakeIssuer {
    pub(crate) fn publishes(&self, signers: &[&Signer]) {
        self.publishes_for(signers, "public, max-age=300");
    }

    pub(crate) fn publishes_for(&self, signers: &[&Signer], cache_control: &str) {
        let keys: Vec<Value> = signers.iter().map(|signer| signer.jwk()).collect();
        self.answers(&json!({ "keys": keys }).to_string(), Some(cache_control));
    }

    pub(crate) fn answers(&self, body: &str, cache_control: Option<&str>) {
        let cache_control = cache_control.map(str::to_owned);
        let answer = Fetched { body: body.into(), cache_control };
        *self.answer.lock().unwrap() = Some(answer);
    }

    pub(crate) fn goes_down(&self) {
        *self.answer.lock().unwrap() = None;
    }

    /// How often it was asked.
    pub(crate) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    /// Lets other tasks run until it was asked so often.
    pub(crate) async fn is_asked(&self, times: usize) {
        let asked = async {
            while self.fetches() < times {
                tokio::task::yield_now().await;
            }
        };
        let deadline = std::time::Duration::from_secs(60);
        let in_time = tokio::time::timeout(deadline, asked).await;
        assert!(in_time.is_ok(), "asked {} times instead of {times}", self.fetches());
    }
}

impl FetchKeys for FakeIssuer {
    fn fetch<'a>(&'a self, address: &'a str) -> Fetching<'a> {
        assert_eq!(address, "https://id.example.org/.well-known/jwks.json");
        self.fetches.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            let _open = self.gate.read().await;
            self.answer.lock().unwrap().clone().ok_or_else(|| "down".into())
        })
    }
}

/// A resource server, its issuer and its clock.
pub(crate) struct Setting {
    pub(crate) issuer: Arc<FakeIssuer>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) server: ResourceServer,
}

impl Setting {
    /// With an issuer that publishes these.
    pub(crate) fn new(signers: &[&Signer]) -> Self {
        Self::with(signers, |builder| builder)
    }

    /// The same with more to say about the resource server.
    pub(crate) fn with(
        signers: &[&Signer],
        more: impl FnOnce(ResourceServerBuilder) -> ResourceServerBuilder,
    ) -> Self {
        let issuer = Arc::new(FakeIssuer::default());
        issuer.publishes(signers);
        let clock = Arc::new(TestClock(AtomicI64::new(NOW)));
        let builder = ResourceServer::builder(ISSUER, AUDIENCE);
        let builder = builder.fetcher(Arc::<FakeIssuer>::clone(&issuer));
        let builder = more(builder.clock(Arc::<TestClock>::clone(&clock)));
        let server = builder.build().unwrap();
        Self { issuer, clock, server }
    }

    pub(crate) async fn verdict(&self, token: &str) -> Result<(), TokenError> {
        self.server.verify(token).await.map(|_| ())
    }
}
