use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use carnet_client::edges::{Held, LocalFuture, Lock, Store};
use carnet_client::{AuthState, ClientSettings};
use futures::lock::Mutex;

use crate::World;
use crate::backend::Backend;
use crate::lag::Write;
use crate::network::{Fault, Network};
use crate::tab::Tab;

/// A browser: what its tabs share.
pub struct Browser<B> {
    /// The world that it is in.
    pub world: World,
    /// The server that it talks to.
    pub server: Rc<B>,
    /// The way there.
    pub network: Rc<Network>,
    /// What the tabs share.
    pub shared: Rc<Shared>,
    /// What the deployment has decided.
    pub settings: ClientSettings,
}

/// What the tabs of a browser share.
pub struct Shared {
    /// How wrong the device's clock is, in milliseconds.
    pub skew: Cell<i64>,
    /// `localStorage`.
    pub local: Rc<Area>,
    /// After how many milliseconds a tab sees what another one has written to `localStorage`. To be
    /// set before anything is written.
    pub lag: Cell<i64>,
    /// What was written while there is such a lag.
    pub(crate) writes: RefCell<Vec<Write>>,
    /// Whether there are Web Locks.
    pub has_locks: Cell<bool>,
    /// Whether there is a `BroadcastChannel`.
    pub has_channel: Cell<bool>,
    /// The lock of the origin.
    pub lock: Origin,
    /// How often chance was drawn.
    pub draws: Cell<u64>,
    /// Who listens to the channel.
    pub tabs: RefCell<Vec<Ear>>,
}

/// Who hears what is said in the channel.
pub type Ear = (u64, std::rc::Weak<dyn Fn(String)>);

impl<B: Backend + From<World> + 'static> Browser<B> {
    /// A browser in a world of its own.
    #[expect(clippy::new_without_default, reason = "a browser with a world has no blank value")]
    pub fn new() -> Self {
        let world = World::new();
        let server = Rc::new(B::from(world.clone()));
        Self::before(&world, &server)
    }

    /// A browser in which ada is signed in, with one tab.
    pub fn with_ada() -> (Self, Tab) {
        let browser = Self::new();
        let tab = browser.open();
        tab.login("ada").expect("ada is let in");
        (browser, tab)
    }
}

impl<B: Backend + 'static> Browser<B> {
    /// Another browser of the same world.
    pub fn before(world: &World, server: &Rc<B>) -> Self {
        let network = Rc::new(Network::new(world.clone(), server.clone()));
        Self {
            world: world.clone(),
            server: server.clone(),
            network,
            shared: Rc::new(Shared {
                skew: Cell::new(0),
                local: Rc::new(Area::default()),
                lag: Cell::new(0),
                writes: RefCell::default(),
                has_locks: Cell::new(true),
                has_channel: Cell::new(true),
                lock: Origin::default(),
                draws: Cell::new(1),
                tabs: RefCell::default(),
            }),
            settings: ClientSettings::default(),
        }
    }

    /// Opens a page that the server has rendered.
    pub fn open(&self) -> Tab {
        let seed = self.load();
        self.open_with(seed)
    }

    /// Opens a page with this seed.
    pub fn open_with(&self, seed: AuthState) -> Tab {
        let tab = Tab::new(self, Rc::default());
        tab.client.start(seed);
        self.world.settle();
        tab
    }

    /// Opens a page whose script has not come alive yet.
    pub fn open_later(&self) -> Tab {
        Tab::new(self, Rc::default())
    }

    /// Loads a tab's page anew: what lies in its `sessionStorage` stays.
    pub fn reload(&self, tab: Tab) -> Tab {
        let area = tab.area.clone();
        drop(tab);
        let seed = self.load();
        let tab = Tab::new(self, area);
        tab.client.start(seed);
        self.world.settle();
        tab
    }

    /// Fetches a page, which takes no time.
    fn load(&self) -> AuthState {
        let (seed, change) = self.server.page(&self.network.cookies.borrow());
        self.network.cookies.borrow_mut().apply(change);
        seed
    }

    /// What happens to the next refreshes.
    pub fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.network.faults.borrow_mut().extend(faults);
    }

    /// What happens to the next request to this path.
    pub fn faults_for(&self, path: &'static str, fault: Fault) {
        *self.network.other_fault.borrow_mut() = Some((path, fault));
    }

    /// What lies in `localStorage`.
    pub fn stored(&self, key: &str) -> Option<String> {
        self.shared.local.get(key)
    }
}

/// Web Storage.
#[derive(Debug, Default)]
pub struct Area {
    /// What lies in it.
    pub values: RefCell<BTreeMap<String, String>>,
    /// Whether it cannot be used at all.
    pub blocked: Cell<bool>,
    /// Whether nothing more fits in.
    pub full: Cell<bool>,
}

impl Store for Area {
    fn get(&self, key: &str) -> Option<String> {
        if self.blocked.get() { None } else { self.values.borrow().get(key).cloned() }
    }

    fn set(&self, key: &str, value: &str) {
        if !self.blocked.get() && !self.full.get() {
            self.values.borrow_mut().insert(key.to_owned(), value.to_owned());
        }
    }

    fn remove(&self, key: &str) {
        self.values.borrow_mut().remove(key);
    }
}

/// The lock of an origin, or of one tab where there are no Web Locks.
#[derive(Debug, Default, Clone)]
pub struct Origin {
    mutex: Arc<Mutex<()>>,
    is_of_one_tab: bool,
}

impl Origin {
    /// A lock that holds for one tab alone.
    pub(crate) fn of_one_tab() -> Self {
        Self { is_of_one_tab: true, ..Self::default() }
    }
}

impl Lock for Origin {
    fn acquire(&self) -> LocalFuture<Held> {
        let mutex = self.mutex.clone();
        Box::pin(async move { Box::new(mutex.lock_owned().await) as Held })
    }

    fn is_shared(&self) -> bool {
        !self.is_of_one_tab
    }
}
