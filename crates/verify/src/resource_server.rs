use std::sync::Arc;
use std::time::Duration;

use carnet_shared::{Claims, paths};
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::jwks::{LONGEST_STALE_SECONDS, RemoteKeys, USUAL_STALE_SECONDS, checked_address};
use crate::{
    Clock, FetchKeys, HttpFetcher, KeySet, KeysUnavailable, Refusal, SetupError, SystemClock,
    Verified, Verifier, key_id,
};

/// Why nobody is let in with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenError {
    /// The token is refused. Why is for the log only.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nothing can be said about the token: 503, not 401.
    #[error(transparent)]
    Keys(#[from] KeysUnavailable),
}

/// A service that lets people in with Carnet's access tokens. It is cheap to clone, and all clones
/// share the keys that one of them has fetched.
///
/// The issuer's keys are fetched at first use and kept as long as the answer says, five minutes at
/// most. A token of an unknown key makes them be fetched again, once in ten seconds at most, by one
/// request for all who wait. While the issuer cannot be reached the last keys serve on for an hour,
/// or for as long as [`ResourceServerBuilder::keys_without_issuer`] says.
///
/// Fetching runs on tokio, with whatever web framework it is used.
///
/// A token is good until it expires, whatever happens to its session: five minutes by default. Who
/// must know sooner asks Carnet itself.
#[derive(Debug, Clone)]
pub struct ResourceServer {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    verifier: Verifier,
    keys: Keys,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
enum Keys {
    Given(Arc<KeySet>),
    Remote(RemoteKeys),
}

impl ResourceServer {
    /// Accepts tokens of this issuer for this audience, both compared to the letter, with the keys
    /// that the issuer publishes under `/.well-known/jwks.json`. The audience is the `resource`
    /// that clients name when they sign in. Nothing is fetched yet.
    ///
    /// # Errors
    /// When the issuer is no https address (http on this machine), or no HTTP client can be made.
    pub fn new(issuer: &str, audience: &str) -> Result<Self, SetupError> {
        Self::builder(issuer, audience).build()
    }

    /// The same with keys that are at hand: for HS256, whose secret nobody publishes, see
    /// [`crate::VerifyingKey::from_secret`].
    pub fn with_keys(issuer: &str, audience: &str, keys: KeySet) -> Self {
        Self::builder(issuer, audience).build_with_keys(keys)
    }

    /// The same step by step.
    pub fn builder(issuer: &str, audience: &str) -> ResourceServerBuilder {
        ResourceServerBuilder {
            verifier: Verifier::new(issuer, audience),
            address: format!("{}{}", issuer.trim_end_matches('/'), paths::JWKS),
            fetcher: None,
            clock: Arc::new(SystemClock),
            stale_seconds: USUAL_STALE_SECONDS,
        }
    }

    /// Verifies an access token, fetching keys where that is needed.
    ///
    /// # Errors
    /// [`TokenError`]: refused, or nothing can be said for want of keys.
    pub async fn verify(&self, token: &str) -> Result<Verified<Claims>, TokenError> {
        self.verify_as(token).await
    }

    /// The same with the deployment's own claims as a type `C`; a token without them, or with
    /// others, is refused.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub async fn verify_as<C: DeserializeOwned>(
        &self,
        token: &str,
    ) -> Result<Verified<Claims<C>>, TokenError> {
        let kid = key_id(token)?;
        let keys = match &self.inner.keys {
            Keys::Given(keys) => Arc::clone(keys),
            Keys::Remote(keys) => keys.for_key(&kid).await?,
        };
        Ok(self.inner.verifier.verify_as(token, &keys, self.inner.clock.now())?)
    }

    /// Whether claims that have been verified already are such as this one accepts.
    #[cfg(feature = "axum")]
    pub(crate) fn accepts(&self, verified: &Verified<Claims>) -> bool {
        self.inner.verifier.is_for(verified.claims())
    }
}

/// What a [`ResourceServer`] is made of.
#[derive(Debug)]
pub struct ResourceServerBuilder {
    verifier: Verifier,
    address: String,
    fetcher: Option<Arc<dyn FetchKeys>>,
    clock: Arc<dyn Clock>,
    stale_seconds: i64,
}

impl ResourceServerBuilder {
    /// Where the keys are published, unless it is `/.well-known/jwks.json` at the issuer: for
    /// instance an address inside of the data centre.
    #[must_use]
    pub fn jwks_address(mut self, address: &str) -> Self {
        address.clone_into(&mut self.address);
        self
    }

    /// What fetches the keys, instead of [`HttpFetcher`].
    #[must_use]
    pub fn fetcher(mut self, fetcher: Arc<dyn FetchKeys>) -> Self {
        self.fetcher = Some(fetcher);
        self
    }

    /// How long the last keys serve while the issuer cannot be reached: an hour by default, a day at
    /// most. After that, nothing is said about any token (503). A key that was revoked meanwhile is
    /// accepted for as long. Keys always serve for as long as the issuer's answer allowed.
    #[must_use]
    pub fn keys_without_issuer(mut self, time: Duration) -> Self {
        self.stale_seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        self
    }

    /// Another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// A resource server that fetches the issuer's keys.
    ///
    /// # Errors
    /// As [`ResourceServer::new`], and when keys would serve for more than a day without the issuer.
    pub fn build(self) -> Result<ResourceServer, SetupError> {
        if self.stale_seconds > LONGEST_STALE_SECONDS {
            return Err(SetupError::Stale);
        }
        let address = checked_address(&self.address)?;
        let fetcher = match self.fetcher {
            Some(fetcher) => fetcher,
            None => Arc::new(HttpFetcher::new(&address)?),
        };
        let keys =
            RemoteKeys::new(address.into(), fetcher, Arc::clone(&self.clock), self.stale_seconds);
        Ok(ResourceServer::of(self.verifier, Keys::Remote(keys), self.clock))
    }

    /// A resource server that has its keys and fetches none.
    pub fn build_with_keys(self, keys: KeySet) -> ResourceServer {
        ResourceServer::of(self.verifier, Keys::Given(Arc::new(keys)), self.clock)
    }
}

impl ResourceServer {
    fn of(verifier: Verifier, keys: Keys, clock: Arc<dyn Clock>) -> Self {
        Self { inner: Arc::new(Inner { verifier, keys, clock }) }
    }
}
