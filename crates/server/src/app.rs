use std::collections::BTreeMap;
use std::sync::Arc;

use carnet_shared::{Claims, ErrorCode, MAX_TOKEN_LENGTH, User};
use carnet_verify::{KeySet, Refusal, Verified, Verifier, key_id};
use serde_json::{Map, Value};
use thiserror::Error;
use uuid::Uuid;

use crate::audit::Refusals;
use crate::clock::{Clock, SystemClock};
use crate::counts::Counts;
use crate::error::ApiError;
use crate::jobs::Jobs;
use crate::keys::{GivenSecrets, KeyError, Keys, Revocation, SecretError, SecretPlace};
use crate::limits::Limits;
use crate::live::{Live, LiveState};
use crate::passwords::{HasherError, Passwords};
use crate::random::{Random, SystemRandom};
use crate::reader::ChangeReader;
use crate::request::ForwardedFaults;
use crate::settings::{Settings, TokenSettings};
use crate::store::{OpenError, StartLock, Store, StoreError, StoreUse};
use crate::tokens::{ClaimHook, ClaimSource, longest_bare_token};
use crate::unwritten::UnwrittenEnds;
use crate::verified_tokens::{TokenName, VerifiedTokens};

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
    pub keys: Keys,
    /// Hashes and checks passwords.
    pub(crate) passwords: Passwords,
    /// How often one may try.
    pub(crate) limits: Limits,
    /// What refreshes came to.
    pub(crate) decisions: Counts,
    /// What was recorded.
    pub(crate) events: Counts,
    /// Connections that were closed or refused, by the reason.
    pub(crate) closed_connections: Arc<Counts>,
    /// Proxies that did not name their client.
    pub(crate) forwarded_faults: ForwardedFaults,
    /// What was refused and is not recorded yet.
    pub(crate) refusals: Refusals,
    /// Ended sessions that the database could not take.
    pub(crate) unwritten_ends: UnwrittenEnds,
    /// When what runs in the background last succeeded.
    pub(crate) jobs: Jobs,
    /// What ended or changed lately.
    pub(crate) live: LiveState,
    /// How far that was read.
    pub(crate) reader: ChangeReader,
    /// What need not be verified twice.
    pub(crate) verified_tokens: VerifiedTokens,
    /// Where the deployment's own claims come from.
    pub(crate) claims: ClaimSource,
    /// The policy by which access tokens are accepted here.
    pub(crate) verifier: Verifier,
    /// The same for whomever they are meant for.
    any_audience: Verifier,
    /// Where the pages are, once they have routes.
    #[cfg(feature = "ssr")]
    pub(crate) pages: std::sync::OnceLock<crate::site::PagesPlace>,
    /// What the pages are called and look like.
    #[cfg(feature = "ssr")]
    pub(crate) site: crate::site::Branding,
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
    /// Issuer and audience leave too little room in an access token.
    #[error(
        "tokens.issuer and tokens.resources: they are so long that an access token without roles has \
         {0} bytes, of {MAX_TOKEN_LENGTH} that are accepted; write shorter ones"
    )]
    TokenTooLarge(usize),
    /// No access token can be signed.
    #[error("tokens: {0}")]
    Tokens(#[from] ApiError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The pages cannot be made as the settings want.
    #[cfg(feature = "ssr")]
    #[error(transparent)]
    Site(#[from] crate::site::BrandingError),
}

/// What a Carnet is to be made of.
pub struct AppBuilder {
    settings: Settings,
    secrets: GivenSecrets,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    claims: Option<ClaimHook>,
    wanted_for: StoreUse,
}

impl AppBuilder {
    /// The master secret, and the one before it while it is being replaced. By default that of the
    /// file beside the SQLite database.
    #[must_use]
    pub fn secrets(mut self, secrets: GivenSecrets) -> Self {
        self.secrets = secrets;
        self
    }

    /// Another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Another source of chance than the operating system's. Keys are drawn by the cryptographic
    /// library all the same.
    #[must_use]
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = random;
        self
    }

    /// For a command that ends soon and verifies no token, instead of a server.
    #[must_use]
    pub(crate) fn for_a_command(mut self) -> Self {
        self.wanted_for = StoreUse::Command;
        self
    }

    /// Adds claims of your own to the access tokens of each user. They are computed anew at each
    /// refresh and compared with those of older tokens when the account changes, so the function
    /// must give the same for the same user.
    ///
    /// ```
    /// # use carnet_server::{App, settings::Settings};
    /// # fn build(settings: Settings) {
    /// let carnet = App::builder(settings).claims(|user| {
    ///     let is_staff = user.email.ends_with("@example.org");
    ///     serde_json::Map::from_iter([("staff".to_owned(), is_staff.into())])
    /// });
    /// # }
    /// ```
    #[must_use]
    pub fn claims(
        mut self,
        claims: impl Fn(&User) -> Map<String, Value> + Send + Sync + 'static,
    ) -> Self {
        self.claims = Some(Arc::new(claims));
        self
    }

    /// Opens everything that is needed, making what a new deployment lacks.
    ///
    /// # Errors
    /// The first thing that will not do.
    pub async fn start(self) -> Result<Arc<App>, StartError> {
        let Self { settings, secrets, clock, random, claims, wanted_for } = self;
        #[cfg(feature = "ssr")]
        let site = crate::site::Branding::read(&settings.site)?;
        let secrets = SecretPlace::find(secrets, &settings.database.url)?;
        let lock = StartLock::take(settings.database.url.clone()).await?;
        let store = Store::open(&settings.database, wanted_for, &lock).await?;
        let surroundings = (Arc::clone(&clock), Arc::clone(&random));
        let algorithm = settings.tokens.algorithm;
        let keys = Keys::open(store.clone(), secrets, algorithm, surroundings).await?;
        drop(lock);
        keys.self_test()?;
        let app = Arc::new(App {
            passwords: Passwords::new(&settings.passwords, Arc::clone(&random))?,
            limits: Limits::new(settings.limits),
            decisions: Counts::default(),
            events: Counts::default(),
            closed_connections: Arc::default(),
            forwarded_faults: ForwardedFaults::default(),
            refusals: Refusals::default(),
            unwritten_ends: UnwrittenEnds::default(),
            jobs: Jobs::default(),
            live: LiveState::default(),
            reader: ChangeReader::default(),
            verified_tokens: VerifiedTokens::default(),
            // Carnet's own endpoints demand the issuer as audience, so that a service that was
            // shown a token cannot use it here.
            verifier: Verifier::new(&settings.tokens.issuer, &settings.tokens.issuer),
            any_audience: any_audience(&settings),
            #[cfg(feature = "ssr")]
            pages: std::sync::OnceLock::new(),
            #[cfg(feature = "ssr")]
            site,
            claims: ClaimSource::new(settings.claims.clone(), claims),
            settings,
            clock,
            random,
            store,
            keys,
        });
        let bytes = longest_bare_token(&app)?;
        // The other half is for roles and claims.
        if bytes > MAX_TOKEN_LENGTH / 2 {
            return Err(StartError::TokenTooLarge(bytes));
        }
        if wanted_for == StoreUse::Server {
            app.read_changes().await?;
        }
        Ok(app)
    }
}

fn any_audience(settings: &Settings) -> Verifier {
    let TokenSettings { issuer, resources, .. } = &settings.tokens;
    resources.iter().fold(Verifier::new(issuer, issuer), |policy, name| policy.also_for(name))
}

impl App {
    /// A Carnet with these settings, by the system's clock and chance unless told otherwise.
    pub fn builder(settings: Settings) -> AppBuilder {
        AppBuilder {
            settings,
            secrets: GivenSecrets::default(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            claims: None,
            wanted_for: StoreUse::Server,
        }
    }

    /// Verifies an access token and that its session and account are still what it says. A token
    /// of a key that is not known here makes the keys be looked at again.
    ///
    /// # Errors
    /// What to answer.
    pub async fn verify(&self, token: &str) -> Result<Live<Claims>, ApiError> {
        let Some(name) = TokenName::of(token) else { return Err(Refusal::Malformed.into()) };
        // Before the keys are looked at, one of which may have been revoked.
        self.know_changes().await?;
        if let Some(verified) = self.verified_tokens.find(&name) {
            let keys = self.keys.ring();
            // What is refused here is refused in the usual way below.
            if self.verifier.check_again(&verified, keys.verifying(), self.clock.now()).is_ok() {
                return self.live.check(verified, &self.claims, &self.store).await;
            }
        }
        let verified = self.verify_by(&self.verifier, token).await?;
        let live = self.live.check(Arc::clone(&verified), &self.claims, &self.store).await?;
        self.verified_tokens.keep(name, verified);
        Ok(live)
    }

    /// The same for a token that may be meant for one of the deployment's services.
    ///
    /// # Errors
    /// What to answer.
    pub(crate) async fn verify_for_any(&self, token: &str) -> Result<Live<Claims>, ApiError> {
        self.know_changes().await?;
        let verified = self.verify_by(&self.any_audience, token).await?;
        self.live.check(verified, &self.claims, &self.store).await
    }

    /// The session of an access token for Carnet itself, so that it can be ended. The token may have
    /// expired or be outdated.
    ///
    /// # Errors
    /// When the keys cannot be looked at, so that nothing can be said about the token.
    pub(crate) async fn session_of(&self, token: &str) -> Result<Option<String>, ApiError> {
        self.session_by(&self.verifier, token).await
    }

    /// The same for a token that may be meant for one of the deployment's services.
    ///
    /// # Errors
    /// As [`Self::session_of`].
    pub(crate) async fn session_of_any(&self, token: &str) -> Result<Option<String>, ApiError> {
        self.session_by(&self.any_audience, token).await
    }

    async fn session_by(&self, policy: &Verifier, token: &str) -> Result<Option<String>, ApiError> {
        match self.with_keys(token, |keys| policy.session_of(token, keys)).await {
            Ok(session_id) => Ok(Some(session_id)),
            Err(ApiError::Token(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn verify_by(
        &self,
        policy: &Verifier,
        token: &str,
    ) -> Result<Arc<Verified<Claims>>, ApiError> {
        let now = self.clock.now();
        self.with_keys(token, |keys| policy.verify(token, keys, now)).await.map(Arc::new)
    }

    /// Verifies by the keys that are known here, and once more after a look for one that is not.
    async fn with_keys<T>(
        &self,
        token: &str,
        verify: impl Fn(&KeySet) -> Result<T, Refusal>,
    ) -> Result<T, ApiError> {
        let verified = match verify(self.keys.ring().verifying()) {
            Err(Refusal::UnknownKey) => {
                // In a place of its own, since no other part of a request is as large or as rare.
                Box::pin(self.keys.look_for(&key_id(token)?)).await?;
                verify(self.keys.ring().verifying())
            }
            verified => verified,
        };
        Ok(verified?)
    }

    /// How often each decision about a refresh was made since the start of this process, by name.
    pub fn refresh_decisions(&self) -> BTreeMap<&'static str, u64> {
        self.decisions.all()
    }

    /// How often a connection was closed or refused since the start of this process, by the reason.
    pub fn connections_closed(&self) -> BTreeMap<&'static str, u64> {
        self.closed_connections.all()
    }

    /// Refuses a key from now on; see [`Keys::revoke`].
    ///
    /// # Errors
    /// When there is no such key, or the database fails.
    pub async fn revoke_key(&self, id: &str) -> Result<Revocation, KeyError> {
        let revocation = self.keys.revoke(id, self.settings.tokens.algorithm).await?;
        self.sessions_ended(&revocation.sessions);
        Ok(revocation)
    }

    /// Takes note at once of sessions that this process ended.
    pub(crate) fn sessions_ended<'a>(&self, ids: impl IntoIterator<Item = &'a String>) {
        self.live.sessions_ended(ids, self.clock.monotonic_millis());
    }

    /// A new UUIDv7.
    pub fn new_id(&self) -> String {
        self.new_uuid().to_string()
    }

    /// The same, not yet written.
    pub(crate) fn new_uuid(&self) -> Uuid {
        self.random.id(self.clock.now_millis())
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

    /// The error for an account that is not there or may not be used.
    pub(crate) fn gone() -> ApiError {
        ApiError::Code(ErrorCode::InvalidToken)
    }
}

/// Looks which costs the password hashes of accounts have, so that a refused sign-in takes as long for
/// each of them. It reads all accounts.
pub(crate) async fn learn_password_costs(app: &App) {
    match app.store.password_costs().await {
        Ok(hashes) => app.passwords.learn_costs(&hashes),
        Err(error) => tracing::warn!(%error, "the costs of password hashes cannot be read"),
    }
}
