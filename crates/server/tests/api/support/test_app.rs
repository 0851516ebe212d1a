use std::path::{Path, PathBuf};
use std::sync::Arc;

use carnet_server::keys::GivenSecrets;
use carnet_server::settings::{SettingSource, Settings};
use carnet_server::store::{EventFilter, EventRow};
use carnet_server::{App, AppBuilder, Serving, StartError, serve};
use carnet_shared::{Secret, User};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Map, Value, json};
use sqlx::Connection;
use tokio::net::TcpListener;

use super::database::new_postgres;
use super::{Answer, PASSWORD, Person, Proxy, TestClock};

/// What seals the keys of every deployment of the tests.
pub(crate) const SECRET: &str = "a master secret of the tests, long enough";

/// Who issues every token of the tests.
pub(crate) const ISSUER: &str = "https://carnet.test";

/// A folder that is removed with the test.
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let mut random = [0; 8];
        aws_lc_rs::rand::fill(&mut random).unwrap();
        let name = format!("carnet-test-{:016x}", u64::from_be_bytes(random));
        Self(std::env::temp_dir().join(name))
    }

    fn database(&self) -> String {
        format!("sqlite://{}", self.0.join("carnet.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running server.
pub(crate) struct TestApp {
    pub(crate) clock: Arc<TestClock>,
    pub(crate) url: String,
    pub(crate) client: Client,
    app: Arc<App>,
    serving: Serving,
    database: String,
    settings: Vec<String>,
    _folder: Option<Arc<Folder>>,
}

impl TestApp {
    pub(crate) async fn on_sqlite(settings: &[&str]) -> Self {
        let folder = Arc::new(Folder::new());
        Self::start(folder.database(), settings, Arc::new(TestClock::new()), Some(folder)).await
    }

    pub(crate) async fn on_postgres(settings: &[&str]) -> Self {
        Self::start(new_postgres().await, settings, Arc::new(TestClock::new()), None).await
    }

    /// One whose clock begins where the system's is, for commands that run beside it.
    pub(crate) async fn today_on_sqlite(settings: &[&str]) -> Self {
        let folder = Arc::new(Folder::new());
        Self::start(folder.database(), settings, Arc::new(TestClock::today()), Some(folder)).await
    }

    /// The same on PostgreSQL.
    pub(crate) async fn today_on_postgres(settings: &[&str]) -> Self {
        Self::start(new_postgres().await, settings, Arc::new(TestClock::today()), None).await
    }

    /// A server that gives its users claims of its own.
    pub(crate) async fn with_claims(
        settings: &[&str],
        claims: impl Fn(&User) -> Map<String, Value> + Send + Sync + 'static,
    ) -> Self {
        let folder = Arc::new(Folder::new());
        let database = folder.database();
        let clock = Arc::new(TestClock::new());
        Self::start_with(database, settings, clock, Some(folder), |app| app.claims(claims)).await
    }

    async fn start(
        database: String,
        settings: &[&str],
        clock: Arc<TestClock>,
        folder: Option<Arc<Folder>>,
    ) -> Self {
        Self::start_with(database, settings, clock, folder, |app| app).await
    }

    async fn start_with(
        database: String,
        settings: &[&str],
        clock: Arc<TestClock>,
        folder: Option<Arc<Folder>>,
        more: impl FnOnce(AppBuilder) -> AppBuilder,
    ) -> Self {
        Self::try_start(database, settings, clock, folder, more).await.unwrap()
    }

    async fn try_start(
        database: String,
        settings: &[&str],
        clock: Arc<TestClock>,
        folder: Option<Arc<Folder>>,
        more: impl FnOnce(AppBuilder) -> AppBuilder,
    ) -> Result<Self, StartError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let parsed = Self::parsed(&url, &database, settings);
        let secrets = GivenSecrets { current: Some(Secret::new(SECRET)), previous: None };
        let builder = App::builder(parsed).secrets(secrets).clock(clock.clone());
        let app = more(builder).start().await?;
        let serving = serve(&app, listener, std::future::pending()).unwrap();
        Ok(Self {
            client: Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap(),
            settings: settings.iter().map(|&setting| setting.to_owned()).collect(),
            _folder: folder,
            clock,
            url,
            app,
            serving,
            database,
        })
    }

    /// Another server on the same database, with the same clock.
    pub(crate) async fn sibling(&self) -> Self {
        self.sibling_with(&[]).await
    }

    /// The same with further settings.
    pub(crate) async fn sibling_with(&self, more: &[&str]) -> Self {
        let settings: Vec<&str> =
            self.settings.iter().map(String::as_str).chain(more.iter().copied()).collect();
        Self::start(self.database.clone(), &settings, self.clock.clone(), self._folder.clone())
            .await
    }

    /// Another server on the same database with a clock of its own.
    pub(crate) async fn sibling_at(&self, clock: Arc<TestClock>) -> Self {
        let settings: Vec<&str> = self.settings.iter().map(String::as_str).collect();
        Self::start(self.database.clone(), &settings, clock, self._folder.clone()).await
    }

    /// Another server on the same database, which it reaches by another way.
    pub(crate) async fn sibling_by_way_of(&self, proxy: &Proxy, clock: Arc<TestClock>) -> Self {
        let settings: Vec<&str> = self.settings.iter().map(String::as_str).collect();
        Self::start(proxy.address(&self.database), &settings, clock, None).await
    }

    /// Another server on the same database that reads no changes in the background, as if each of its
    /// requests were the first after a pause.
    pub(crate) async fn paused_sibling(&self, clock: Arc<TestClock>) -> Arc<App> {
        let settings = Self::parsed("http://127.0.0.1:9", &self.database, &[]);
        let secrets = GivenSecrets { current: Some(Secret::new(SECRET)), previous: None };
        App::builder(settings).secrets(secrets).clock(clock).start().await.unwrap()
    }

    /// The same Carnet once more, without routes yet: for apps that take parts of it.
    #[cfg(feature = "ssr")]
    pub(crate) async fn without_routes(&self) -> Arc<App> {
        let settings = Self::parsed(&self.url, &self.database, &[]);
        let secrets = GivenSecrets { current: Some(Secret::new(SECRET)), previous: None };
        let clock = self.clock.clone();
        App::builder(settings).secrets(secrets).clock(clock).start().await.unwrap()
    }

    /// Runs a statement as an operator might, on whichever database it is, and counts the rows.
    pub(crate) async fn run(&self, sql: &'static str) -> u64 {
        if self.sqlite_file().is_some() {
            let mut connection = sqlx::SqliteConnection::connect(&self.database).await.unwrap();
            let done = sqlx::query(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            done.rows_affected()
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.database).await.unwrap();
            let done = sqlx::query(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            done.rows_affected()
        }
    }

    /// The number that a statement asks for.
    pub(crate) async fn number(&self, sql: &'static str) -> i64 {
        if self.sqlite_file().is_some() {
            let mut connection = sqlx::SqliteConnection::connect(&self.database).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.database).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        }
    }

    fn parsed(url: &str, database: &str, settings: &[&str]) -> Settings {
        let mut assignments = vec![
            format!("server.public_url={url}"),
            // The port changes when a server starts again; whose tokens these are does not.
            format!("tokens.issuer={ISSUER}"),
            // Limits have tests of their own.
            "limits.enabled=false".to_owned(),
        ];
        let mut environment = vec![("CARNET_DATABASE__URL".to_owned(), database.to_owned())];
        // The cost of a password is no matter here. The settings accept none that is so cheap.
        let mut memory_kib = 8;
        for setting in settings {
            if let Some(secret) = setting.strip_prefix("tokens.introspection_secret=") {
                let name = "CARNET_TOKENS__INTROSPECTION_SECRET".to_owned();
                environment.push((name, secret.to_owned()));
            } else if let Some(memory) = setting.strip_prefix("passwords.memory_kib=") {
                memory_kib = memory.parse().unwrap();
            } else {
                assignments.push((*setting).to_owned());
            }
        }
        // An empty file rather than none, so that no Leptos.toml is found by chance.
        let source = SettingSource { file: Some("/dev/null".into()), environment, assignments };
        let mut parsed = Settings::read(&source).unwrap();
        (parsed.passwords.memory_kib, parsed.passwords.iterations) = (memory_kib, 1);
        parsed
    }

    /// Another server on the same database with other secrets, or why it does not start.
    pub(crate) async fn sibling_with_secrets(
        &self,
        secrets: GivenSecrets,
    ) -> Result<Self, StartError> {
        let settings: Vec<&str> = self.settings.iter().map(String::as_str).collect();
        let (database, clock) = (self.database.clone(), self.clock.clone());
        let with = |app: AppBuilder| app.secrets(secrets);
        Self::try_start(database, &settings, clock, self._folder.clone(), with).await
    }

    /// The same deployment after its process has ended and another has begun.
    pub(crate) async fn restarted(mut self) -> Self {
        self.serving.task.abort();
        let _ = (&mut self.serving.task).await;
        self.app.store.close().await;
        let settings: Vec<&str> = self.settings.iter().map(String::as_str).collect();
        Self::start(self.database.clone(), &settings, self.clock.clone(), self._folder.clone())
            .await
    }

    /// The server from within.
    pub(crate) fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// What its clock says.
    pub(crate) fn now(&self) -> i64 {
        self.app.clock.now()
    }

    /// What was recorded, the newest first.
    pub(crate) async fn events(&self) -> Vec<EventRow> {
        self.app.record_refusals().await;
        self.app.store.events(EventFilter::default(), 10_000).await.unwrap()
    }

    /// The store, to look at what is kept.
    pub(crate) fn store(&self) -> &carnet_server::store::Store {
        &self.app.store
    }

    /// The keys, to add one that the test can sign with too.
    pub(crate) fn keys(&self) -> &carnet_server::keys::Keys {
        &self.app.keys
    }

    /// The SQLite file, where it is one.
    pub(crate) fn sqlite_file(&self) -> Option<&Path> {
        self.database.strip_prefix("sqlite://").map(Path::new)
    }

    /// The database's address.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::read(self.request(Method::GET, path).send().await.unwrap()).await
    }

    /// Asks with an access token.
    pub(crate) async fn get_with(&self, path: &str, access: &str) -> Answer {
        let request = self.request(Method::GET, path).bearer_auth(access);
        Answer::read(request.send().await.unwrap()).await
    }

    /// Whether it refuses an access token within a second, as it must when the token's session was
    /// ended by another server.
    pub(crate) async fn soon_refuses(&self, access: &str) -> bool {
        for _ in 0..100 {
            if self.get_with("/api/auth/session", access).await.status == 401 {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        false
    }

    /// Posts a form.
    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        Answer::read(self.request(Method::POST, path).form(fields).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::read(self.request(Method::POST, path).json(body).send().await.unwrap()).await
    }

    /// Presents a refresh token, with further fields.
    pub(crate) async fn refresh(&self, token: &str, more: &Value) -> Answer {
        let mut body = json!({"refresh_token": token});
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more.clone());
        }
        self.post("/api/auth/refresh", &body).await
    }

    /// The same as from a page of this server, with these cookies.
    pub(crate) async fn post_from_page(&self, path: &str, cookie: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).header("origin", &self.url);
        Answer::read(request.header("cookie", cookie).json(body).send().await.unwrap()).await
    }

    /// Somebody who has just registered, with the refresh token in bodies.
    pub(crate) async fn registered(&self, username: &str) -> Person<'_> {
        let body = json!({
            "email": format!("{username}@example.org"), "username": username, "password": PASSWORD,
        });
        let answer = self.post("/api/auth/register", &body).await.with_status(201);
        Person::from_answer(self, username, &answer)
    }

    /// The same person signed in once more.
    pub(crate) async fn signed_in(&self, username: &str) -> Person<'_> {
        let body = json!({"login": username, "password": PASSWORD});
        let answer = self.post("/api/auth/login", &body).await.with_status(200);
        Person::from_answer(self, username, &answer)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.serving.task.abort();
    }
}
