use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use carnet_client::edges::{Held, LocalFuture, Lock, Store};
use carnet_client::{AuthState, ClientSettings};
use futures::lock::Mutex;

use super::network::{Fault, Network};
use super::tab::Tab;
use super::{Server, World};

/// A browser: what its tabs share.
pub(crate) struct Browser {
    pub(crate) world: World,
    pub(crate) server: Rc<Server>,
    pub(crate) network: Rc<Network>,
    pub(crate) shared: Rc<Shared>,
    pub(crate) settings: ClientSettings,
}

pub(crate) struct Shared {
    /// How wrong the device's clock is, in milliseconds.
    pub(crate) skew: Cell<i64>,
    pub(crate) local: Rc<Area>,
    pub(crate) has_locks: Cell<bool>,
    pub(crate) has_channel: Cell<bool>,
    pub(crate) lock: Origin,
    pub(crate) mark: RefCell<Option<(String, String)>>,
    pub(crate) draws: Cell<u64>,
    pub(crate) tabs: RefCell<Vec<Ear>>,
}

/// Who hears what is said in the channel.
pub(crate) type Ear = (u64, std::rc::Weak<dyn Fn(String)>);

impl Browser {
    pub(crate) fn new() -> Self {
        let world = World::new();
        let server = Rc::new(Server::new(world.clone()));
        Self::before(&world, &server)
    }

    /// Another browser of the same world.
    pub(crate) fn before(world: &World, server: &Rc<Server>) -> Self {
        let network = Rc::new(Network::new(world.clone(), server.clone()));
        Self {
            world: world.clone(),
            server: server.clone(),
            network,
            shared: Rc::new(Shared {
                skew: Cell::new(0),
                local: Rc::new(Area::default()),
                has_locks: Cell::new(true),
                has_channel: Cell::new(true),
                lock: Origin::default(),
                mark: RefCell::default(),
                draws: Cell::new(1),
                tabs: RefCell::default(),
            }),
            settings: ClientSettings::default(),
        }
    }

    /// A browser in which ada is signed in, with one tab.
    pub(crate) fn with_ada() -> (Self, Tab) {
        let browser = Self::new();
        let tab = browser.open();
        tab.login("ada").unwrap();
        (browser, tab)
    }

    /// Opens a page that the server has rendered.
    pub(crate) fn open(&self) -> Tab {
        let mark = self.shared.mark.borrow().clone().map(|(_, session)| session);
        let seed = self.server.seed(self.network.cookie.borrow().as_deref(), mark.as_deref());
        self.open_with(seed)
    }

    /// Opens a page with this seed.
    pub(crate) fn open_with(&self, seed: AuthState) -> Tab {
        let tab = Tab::new(self, Rc::default());
        tab.client.start(seed);
        self.world.settle();
        tab
    }

    /// Opens a page whose script has not come alive yet.
    pub(crate) fn open_later(&self) -> Tab {
        Tab::new(self, Rc::default())
    }

    /// Loads a tab's page anew: what lies in its `sessionStorage` stays.
    pub(crate) fn reload(&self, tab: Tab) -> Tab {
        let area = tab.area.clone();
        drop(tab);
        let mark = self.shared.mark.borrow().clone().map(|(_, session)| session);
        let seed = self.server.seed(self.network.cookie.borrow().as_deref(), mark.as_deref());
        let tab = Tab::new(self, area);
        tab.client.start(seed);
        self.world.settle();
        tab
    }

    /// What happens to the next refreshes.
    pub(crate) fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.network.faults.borrow_mut().extend(faults);
    }

    /// What happens to the next request to this path.
    pub(crate) fn faults_for(&self, path: &'static str, fault: Fault) {
        *self.network.other_fault.borrow_mut() = Some((path, fault));
    }

    /// What lies in `localStorage`.
    pub(crate) fn stored(&self, key: &str) -> Option<String> {
        self.shared.local.get(key)
    }
}

/// Web Storage.
#[derive(Default)]
pub(crate) struct Area {
    pub(crate) values: RefCell<BTreeMap<String, String>>,
    pub(crate) blocked: Cell<bool>,
    pub(crate) full: Cell<bool>,
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

/// The lock of an origin.
#[derive(Default, Clone)]
pub(crate) struct Origin(Arc<Mutex<()>>);

impl Lock for Origin {
    fn acquire(&self) -> LocalFuture<Held> {
        let mutex = self.0.clone();
        Box::pin(async move { Box::new(mutex.lock_owned().await) as Held })
    }
}
