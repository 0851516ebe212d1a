use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use carnet_server::clock::Clock;
use carnet_server::keys::GivenSecrets;
use carnet_server::random::Random;
use carnet_server::settings::{SettingSource, Settings};
use carnet_server::store::Store;
use carnet_server::{App, router};
use carnet_shared::Secret;
use sqlx::{Connection, SqliteConnection};
use tokio::runtime::{Builder, Runtime};

use crate::Chance;

/// Where the deployment lives, as browsers see it.
pub(super) const HOST: &str = "127.0.0.1:3000";
/// The name of its session cookie.
pub(crate) const COOKIE: &str = "carnet-3000";
/// The one that a browser is known by. It chooses a bucket of the limits, which are off here.
pub(crate) const DEVICE_COOKIE: &str = "carnet-device-3000";

const SECRET: &str = "a master secret of the simulator, long enough";
/// When all histories begin: far enough from each other that none remembers another.
const BEGINNING_MS: i64 = 1_800_000_000_000;
const BETWEEN_HISTORIES_MS: i64 = 10 * 86_400_000;
/// Years beyond the ten thousandth would have five digits.
const PLACES: u64 = 10_000;

/// A running server with its database, for many histories one after the other.
pub struct Deployment {
    runtime: Runtime,
    clock: Arc<TurnedClock>,
    random: Arc<SeededRandom>,
    folder: Folder,
    access_seconds: u32,
    running: RefCell<Running>,
    beginning: Cell<i64>,
    accounts: Cell<u64>,
    /// Beside the server's own connections: to lose a write as a fail-over would.
    aside: RefCell<SqliteConnection>,
}

struct Running {
    app: Arc<App>,
    router: Router,
}

impl Deployment {
    /// A new one, whose access tokens live for so many seconds.
    pub fn start(access_seconds: u32) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let clock = Arc::new(TurnedClock(AtomicI64::new(BEGINNING_MS)));
        let random = Arc::new(SeededRandom(Mutex::new(Chance::new(0))));
        let folder = Folder::new();
        let settings = settings(&folder, access_seconds);
        let running = runtime.block_on(Running::start(settings, &clock, &random));
        let url = folder.database();
        let aside = runtime.block_on(SqliteConnection::connect(&url)).expect("a connection");
        Self {
            runtime,
            clock,
            random,
            folder,
            access_seconds,
            running: RefCell::new(running),
            beginning: Cell::new(BEGINNING_MS),
            accounts: Cell::new(0),
            aside: RefCell::new(aside),
        }
    }

    /// Makes ready for the history of a seed: its time and its chance, which do not depend on what
    /// was played before.
    pub(super) fn begin(&self, seed: u64) {
        let place = i64::try_from(seed % PLACES).unwrap_or_default();
        self.beginning.set(BEGINNING_MS + place * BETWEEN_HISTORIES_MS);
        self.set_time(0);
        *self.random.0.lock().unwrap_or_else(PoisonError::into_inner) = Chance::new(!seed);
        // The old router holds chance that it drew ahead, in a history before.
        let running = &mut *self.running.borrow_mut();
        running.router = router(&running.app);
    }

    /// Turns the clock to so many milliseconds after the beginning of the history.
    pub(super) fn set_time(&self, milliseconds: i64) {
        self.clock.0.store(self.beginning.get() + milliseconds, Ordering::SeqCst);
    }

    /// A name that no account of this database has.
    pub(super) fn new_username(&self) -> String {
        let number = self.accounts.replace(self.accounts.get() + 1);
        format!("ada-{number}")
    }

    /// Runs something of the server's to its end.
    pub(super) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// The server's front door.
    pub(super) fn router(&self) -> Router {
        self.running.borrow().router.clone()
    }

    /// The server's process ends and another begins, on the same database.
    pub(super) fn restart(&self) {
        let store: Store = self.running.borrow().app.store.clone();
        self.block_on(store.close());
        let settings = settings(&self.folder, self.access_seconds);
        let running = self.block_on(Running::start(settings, &self.clock, &self.random));
        *self.running.borrow_mut() = running;
    }

    /// Keeps a copy of a session as it lies in the database.
    pub(super) fn copy_session(&self, id: &str) {
        let aside = &mut *self.aside.borrow_mut();
        self.runtime.block_on(async {
            let forget = "DROP TABLE IF EXISTS temp.kept";
            sqlx::query(forget).execute(&mut *aside).await.expect("forgotten");
            // A table cannot be made with a placeholder in it.
            let shape = "CREATE TEMP TABLE kept AS SELECT * FROM sessions WHERE FALSE";
            sqlx::query(shape).execute(&mut *aside).await.expect("made");
            let copy = "INSERT INTO temp.kept SELECT * FROM sessions WHERE id = $1";
            sqlx::query(copy).bind(id).execute(&mut *aside).await.expect("copied");
        });
    }

    /// Puts the copy back: whatever was written since is lost.
    pub(super) fn lose_what_came_after(&self) {
        let aside = &mut *self.aside.borrow_mut();
        self.runtime.block_on(async {
            let back = "INSERT OR REPLACE INTO sessions SELECT * FROM temp.kept";
            sqlx::query(back).execute(&mut *aside).await.expect("put back");
        });
    }
}

impl Running {
    /// The one place that starts the server.
    async fn start(
        settings: Settings,
        clock: &Arc<TurnedClock>,
        random: &Arc<SeededRandom>,
    ) -> Self {
        let secrets = GivenSecrets { current: Some(Secret::new(SECRET)), previous: None };
        let builder = App::builder(settings)
            .secrets(secrets)
            .clock(Arc::<TurnedClock>::clone(clock))
            .random(Arc::<SeededRandom>::clone(random));
        let app = builder.start().await.expect("the server starts");
        let router = router(&app);
        Self { app, router }
    }
}

fn settings(folder: &Folder, access_seconds: u32) -> Settings {
    let assignments = vec![
        format!("server.public_url=http://{HOST}"),
        format!("database.url={}", folder.database()),
        format!("tokens.access_lifetime={access_seconds}s"),
        "database.max_connections=1".to_owned(),
        // Limits have tests of their own.
        "limits.enabled=false".to_owned(),
    ];
    // An empty file rather than none, so that no Leptos.toml is found by chance.
    let file = Some("/dev/null".into());
    let source = SettingSource { file, environment: Vec::new(), assignments };
    let mut settings = Settings::read(&source).expect("the settings will do");
    // The cost of a password is no matter here. The settings accept none that is so cheap.
    (settings.passwords.memory_kib, settings.passwords.iterations) = (8, 1);
    settings
}

/// The time of the world, for the server's threads.
#[derive(Debug)]
struct TurnedClock(AtomicI64);

impl Clock for TurnedClock {
    fn now_millis(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn monotonic_millis(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// The same chance for the same seed. What it draws is no secret of anybody.
#[derive(Debug)]
struct SeededRandom(Mutex<Chance>);

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes);
    }
}

/// A folder of this process that is removed in the end; in memory where there is one.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let memory = PathBuf::from("/dev/shm");
        let place = if memory.is_dir() { memory } else { std::env::temp_dir() };
        Self(place.join(format!("carnet-simulator-{}-{number}", std::process::id())))
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
