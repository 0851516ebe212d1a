use std::sync::Arc;

use carnet_shared::{Claims, ErrorCode};
use carnet_verify::{Verified, Verifier};
use thiserror::Error;

use crate::clock::Clock;
use crate::error::ApiError;
use crate::keys::{KeyError, KeyRing, MasterSecret, SecretError};
use crate::limits::Limits;
use crate::live::LiveState;
use crate::passwords::{HasherError, Passwords};
use crate::random::Random;
use crate::settings::Settings;
use crate::store::{Event, OpenError, StartLock, Store, StoreError};

/// A running Carnet: what every handler works with.
#[derive(Debug)]
pub struct App {
    /// What the deployment chose.
    pub settings: Settings,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Draws chance.
    pub random: Arc<dyn Random>,
    /// What is kept.
    pub store: Store,
    /// The deployment's keys.
    pub keys: KeyRing,
    /// Hashes and checks passwords.
    pub(crate) passwords: Passwords,
    /// How often one may try.
    pub(crate) limits: Limits,
    /// What ended or changed of late.
    pub(crate) live: LiveState,
    /// The policy by which access tokens are accepted here.
    pub(crate) verifier: Verifier,
}

/// Why Carnet cannot start: one line that says what to do.
#[derive(Debug, Error)]
pub enum StartError {
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is no master secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Argon2 refuses its cost.
    #[error("passwords: {0}")]
    Passwords(#[from] HasherError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Opens everything that is needed, making what a new deployment lacks.
    ///
    /// # Errors
    /// The first thing that will not do.
    pub async fn start(
        settings: Settings,
        secret: Option<carnet_shared::Secret>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Arc<Self>, StartError> {
        let lock = StartLock::take(settings.database.url.clone()).await?;
        let secret = MasterSecret::find(secret, &settings.database.url, &*random)?;
        let store = Store::open(&settings.database, &lock).await?;
        let now = clock.now();
        let keys = KeyRing::open(&store, &secret, settings.tokens.algorithm, &*random, now).await?;
        drop(lock);
        let live = LiveState::default();
        live.load(&store, now).await?;
        let app = Self {
            passwords: Passwords::new(&settings.passwords, Arc::clone(&random))?,
            limits: Limits::new(settings.limits),
            // Carnet's own endpoints demand the issuer as audience, so that a service that was
            // shown a token cannot use it here.
            verifier: Verifier::new(&settings.tokens.issuer, &settings.tokens.issuer),
            settings,
            clock,
            random,
            store,
            keys,
            live,
        };
        app.self_test()?;
        Ok(Arc::new(app))
    }

    /// Verifies an access token and that its session and account are still what it says.
    ///
    /// # Errors
    /// What to answer.
    pub fn verify(&self, token: &str) -> Result<Verified<Claims>, ApiError> {
        let verified = self
            .verifier
            .verify(token, self.keys.verifying(), self.clock.now())
            .map_err(ApiError::Token)?;
        self.live.check(verified.claims(), &self.settings.claims).map_err(ApiError::Code)?;
        Ok(verified)
    }

    /// Records an event. A failure is logged and nothing else: what happened has happened.
    pub(crate) async fn record(&self, event: Event<'_>) {
        tracing::info!(
            event = event.kind.as_str(),
            user_id = event.user_id,
            session_id = event.session_id,
            address = event.address,
            detail = event.detail,
        );
        let id = self.new_id();
        if let Err(error) = self.store.record(&id, self.clock.now(), &event).await {
            tracing::error!(%error, event = event.kind.as_str(), "an event was not recorded");
        }
    }

    /// A new UUIDv7.
    pub fn new_id(&self) -> String {
        self.random.id(self.clock.now_millis()).to_string()
    }

    /// The audience of an access token for this resource, or for Carnet itself.
    ///
    /// # Errors
    /// When the deployment does not name the resource.
    pub fn audience<'a>(&'a self, resource: Option<&'a str>) -> Result<&'a str, ApiError> {
        let tokens = &self.settings.tokens;
        match resource {
            None => Ok(&tokens.issuer),
            Some(resource) if tokens.resources.iter().any(|named| named == resource) => {
                Ok(resource)
            }
            Some(_) => Err(ApiError::field("resource", carnet_shared::FieldCode::NotAllowed)),
        }
    }

    /// Signs and verifies once: a library without its cryptography would panic at the first token.
    fn self_test(&self) -> Result<(), KeyError> {
        let now = self.clock.now();
        let issuer = &self.settings.tokens.issuer;
        let failed = || KeyError::SelfTest(self.keys.signing().kid().to_owned());
        let claims = Claims {
            iss: issuer.clone(),
            aud: issuer.clone(),
            exp: now + 1,
            iat: now,
            nbf: now,
            auth_time: now,
            sub: String::new(),
            jti: String::new(),
            client_id: String::new(),
            sid: String::new(),
            amr: Vec::new(),
            username: String::new(),
            roles: Vec::new(),
            custom: serde_json::Map::new(),
        };
        let token = self.keys.signing().sign(&claims).map_err(|_| failed())?;
        self.verifier.verify(&token, self.keys.verifying(), now).map_err(|_| failed())?;
        Ok(())
    }

    /// The error for an account that is not there or may not be used.
    pub(crate) fn gone() -> ApiError {
        ApiError::Code(ErrorCode::InvalidToken)
    }
}
