use std::fmt;
use std::sync::Arc;

use axum::http::HeaderValue;
use carnet_shared::User;
use serde_json::{Map, Value};

use super::folder::Folder;
use super::{SignedIn, TestAccount, TestClock};
use crate::app::App;
use crate::settings::{PasswordSettings, SettingSource, Settings};
use crate::tokens::ClaimHook;

/// A Carnet for one test, with accounts and a clock of its own.
///
/// Its database is a SQLite file in a temporary folder, which is removed when this is dropped: keep it
/// for as long as the test uses its app. (SQLite in memory would be another database for each
/// connection.) Nothing runs in the background, so nothing happens between two requests. What the
/// test changes through `app().store`, an app hears of at the next request after the clock was
/// advanced by more than two seconds.
#[derive(Debug)]
pub struct TestCarnet {
    app: Arc<App>,
    clock: Arc<TestClock>,
    _folder: Folder,
}

impl TestCarnet {
    /// One with the default settings, but without limits.
    ///
    /// # Panics
    /// When it cannot start, as where nothing can be written to the folder of temporary files.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// One that is to be told what is different.
    pub fn builder() -> TestCarnetBuilder {
        TestCarnetBuilder::new()
    }

    /// What [`router`](crate::router), [`Current`](crate::Current) and the guards take.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// The clock by which tokens and sessions expire.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use carnet_server::testing::TestCarnet;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let carnet = TestCarnet::start().await;
    /// let ada = carnet.signed_in("ada").await;
    /// assert!(carnet.app().verify(ada.access_token()).await.is_ok());
    /// carnet.clock().advance(Duration::from_secs(6 * 60));
    /// assert!(carnet.app().verify(ada.access_token()).await.is_err());
    /// # }
    /// ```
    pub fn clock(&self) -> &Arc<TestClock> {
        &self.clock
    }

    /// The absolute address of a path. Carnet's own routes answer only for their host, which a request
    /// that never crosses a network has to name, in its address or as `Host`.
    ///
    /// ```
    /// # use axum::{body::Body, http::Request};
    /// # use carnet_server::{api_router, testing::TestCarnet};
    /// # use tower::ServiceExt;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let carnet = TestCarnet::start().await;
    /// let ada = carnet.signed_in("ada").await;
    /// let request = Request::get(carnet.url("/api/me")).header("authorization", ada.authorization());
    /// let request = request.body(Body::empty()).unwrap();
    /// let answer = api_router(carnet.app()).oneshot(request).await.unwrap();
    /// assert_eq!(answer.status(), 200);
    /// # }
    /// ```
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.app.settings.server.public_url.as_str())
    }

    /// The value of `Origin` that a page of the app's own sends. What changes something with a cookie
    /// has to come with it.
    pub fn origin(&self) -> HeaderValue {
        let origin = self.app.settings.server.public_url.as_str();
        HeaderValue::try_from(origin).expect("an origin stands in a header")
    }

    /// An account by its username, to be given what it needs and signed in.
    pub fn account(&self, username: &str) -> TestAccount<'_> {
        TestAccount::new(&self.app, username)
    }

    /// Somebody with this username, signed in in a session of their own. The account is made if there is
    /// none, with the role `user`, the e-mail address `USERNAME@example.org` and the password
    /// [`PASSWORD`](super::PASSWORD).
    ///
    /// # Panics
    /// As [`TestAccount::signed_in`].
    pub async fn signed_in(&self, username: &str) -> SignedIn {
        self.account(username).signed_in().await
    }
}

/// What a [`TestCarnet`] is to be made of.
#[must_use]
pub struct TestCarnetBuilder {
    settings: Settings,
    claims: Option<ClaimHook>,
}

impl TestCarnetBuilder {
    fn new() -> Self {
        let source = SettingSource {
            // Without a file, a `Leptos.toml` in the working directory would be read.
            file: Some("/dev/null".into()),
            environment: Vec::new(),
            assignments: vec!["limits.enabled=false".to_owned()],
        };
        let settings = Settings::read(&source).expect("the defaults are settings");
        Self { settings, claims: None }
    }

    /// Changes settings, or puts the app's own in their place. Two things stay as they are in every
    /// test: where the database is, and that a password costs next to nothing to hash.
    ///
    /// ```
    /// # use carnet_server::testing::TestCarnet;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let start = TestCarnet::builder().settings(|settings| settings.tokens.max_sessions = 2).start();
    /// assert_eq!(start.await.app().settings.tokens.max_sessions, 2);
    /// # }
    /// ```
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Claims of the app's own; see [`AppBuilder::claims`](crate::AppBuilder::claims).
    pub fn claims(
        mut self,
        claims: impl Fn(&User) -> Map<String, Value> + Send + Sync + 'static,
    ) -> Self {
        self.claims = Some(Arc::new(claims));
        self
    }

    /// Starts it.
    ///
    /// # Panics
    /// When it cannot start; the message is the one that `carnet serve` would end with.
    pub async fn start(self) -> TestCarnet {
        let Self { mut settings, claims } = self;
        let (folder, clock) = (Folder::new(), Arc::new(TestClock::new()));
        settings.database.url = folder.database();
        cheapen(&mut settings.passwords);
        let mut builder = App::builder(settings).clock(clock.clone());
        if let Some(claims) = claims {
            builder = builder.claims(move |user| claims(user));
        }
        match builder.start().await {
            Ok(app) => TestCarnet { app, clock, _folder: folder },
            Err(error) => panic!("Carnet does not start: {error}"),
        }
    }
}

impl fmt::Debug for TestCarnetBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { settings, claims } = self;
        formatter
            .debug_struct("TestCarnetBuilder")
            .field("settings", settings)
            .field("has_claims", &claims.is_some())
            .finish()
    }
}

/// The least that Argon2 can do. Settings that are read from anywhere accept no such cost.
fn cheapen(passwords: &mut PasswordSettings) {
    (passwords.memory_kib, passwords.iterations, passwords.parallelism) = (8, 1, 1);
}
