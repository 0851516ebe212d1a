use std::cell::{Cell, RefCell};
use std::rc::Rc;

use carnet_client::edges::{
    Channel, Clock, Edges, Held, LocalFuture, Page, Random, Spawner, Store, Timers, Wake,
};
use carnet_client::engine::Moment;
use carnet_client::{AuthClient, AuthError, AuthState, StorageKind};
use carnet_shared::{LoginRequest, Secret, User, paths};

use crate::World;
use crate::browser::{Area, Browser, Origin, Shared};
use crate::lag::LocalStorage;
use crate::network::{Fetch, Network};
use crate::time::Pending;

/// Everybody's password.
pub const PASSWORD: &str = "the kettle is on again";

/// How long a message takes from tab to tab.
const MESSAGE_MS: i64 = 2;

/// A tab with a client in it.
pub struct Tab {
    /// The client.
    pub client: AuthClient,
    /// Its `sessionStorage`.
    pub area: Rc<Area>,
    world: World,
    surroundings: Rc<Surroundings>,
    _open: Rc<()>,
    /// Every state that it has shown since it was opened.
    pub states: Rc<RefCell<Vec<AuthState>>>,
}

type Listener = Rc<dyn Fn(Wake)>;

struct Surroundings {
    number: u64,
    world: World,
    network: Rc<Network>,
    shared: Rc<Shared>,
    opened: i64,
    hidden: Cell<bool>,
    frozen: Cell<bool>,
    /// The timers that ran out while the tab was frozen: they are late.
    late: RefCell<Vec<Box<dyn FnOnce()>>>,
    /// What was said meanwhile.
    unheard: RefCell<Vec<Box<dyn FnOnce()>>>,
    woken: RefCell<Vec<Listener>>,
}

impl Tab {
    /// A tab of a browser, whose page has not come alive yet, with this `sessionStorage`.
    pub fn new<B>(browser: &Browser<B>, area: Rc<Area>) -> Self {
        let shared = browser.shared.clone();
        let surroundings = Rc::new(Surroundings {
            number: shared.draws.replace(shared.draws.get() + 1),
            world: browser.world.clone(),
            network: browser.network.clone(),
            shared: shared.clone(),
            opened: browser.world.awake(),
            hidden: Cell::new(false),
            frozen: Cell::new(false),
            late: RefCell::default(),
            unheard: RefCell::default(),
            woken: RefCell::default(),
        });
        let blocked = Area::default();
        blocked.blocked.set(true);
        let local = Rc::new(LocalStorage {
            shared: shared.clone(),
            world: browser.world.clone(),
            tab: surroundings.number,
        });
        let tokens: Rc<dyn Store> = match browser.settings.token_storage() {
            StorageKind::Session => area.clone(),
            StorageKind::Local => local.clone(),
            StorageKind::Memory => Rc::new(blocked),
        };
        let has_locks = shared.has_locks.get();
        let lock = if has_locks { shared.lock.clone() } else { Origin::of_one_tab() };
        let open = Rc::new(());
        let network = browser.network.clone();
        let edges = Edges {
            transport: Rc::new(Fetch { network, tab: Rc::downgrade(&open) }),
            shared: local,
            tokens,
            clock: surroundings.clone(),
            lock: Rc::new(lock),
            channel: Rc::new(Handle(surroundings.clone())),
            timers: Rc::new(Handle(surroundings.clone())),
            spawner: surroundings.clone(),
            random: surroundings.clone(),
            page: surroundings.clone(),
        };
        let client = AuthClient::new(browser.settings.clone(), edges);
        let states: Rc<RefCell<Vec<AuthState>>> = Rc::default();
        let shown = states.clone();
        client.on_change(move |state| shown.borrow_mut().push(state.clone()));
        Self { client, area, world: browser.world.clone(), surroundings, _open: open, states }
    }

    /// Who is signed in.
    pub fn state(&self) -> AuthState {
        self.client.state()
    }

    /// The name that the page shows.
    pub fn username(&self) -> Option<String> {
        self.state().user().map(|user| user.username.clone())
    }

    /// Begins to read the account.
    pub fn begin_me(&self) -> Pending<Result<User, AuthError>> {
        let client = self.client.clone();
        self.world.begin(async move { client.get(paths::ME).await })
    }

    /// Reads the account.
    ///
    /// # Errors
    /// As the client's.
    pub fn me(&self) -> Result<User, AuthError> {
        let client = self.client.clone();
        self.world.run(async move { client.get(paths::ME).await })
    }

    /// Does something to its end.
    pub fn run<T: 'static>(&self, future: impl Future<Output = T> + 'static) -> T {
        self.world.run(future)
    }

    /// Signs in with the right password.
    ///
    /// # Errors
    /// As the client's.
    pub fn login(&self, name: &str) -> Result<User, AuthError> {
        self.login_with(name, PASSWORD)
    }

    /// Signs in.
    ///
    /// # Errors
    /// As the client's.
    pub fn login_with(&self, name: &str, password: &str) -> Result<User, AuthError> {
        let request = LoginRequest {
            login: name.to_owned(),
            password: Secret::new(password),
            remember: None,
            delivery: None,
            resource: None,
        };
        let client = self.client.clone();
        self.world.run(async move { client.login(request).await })
    }

    /// Signs out.
    pub fn logout(&self) {
        let client = self.client.clone();
        self.world.run(async move { client.logout().await });
    }

    /// Nobody sees it any more.
    pub fn hide(&self) {
        self.surroundings.hidden.set(true);
        self.wake(Wake::Look);
    }

    /// It is seen again.
    pub fn show(&self) {
        self.surroundings.hidden.set(false);
        self.wake(Wake::Look);
    }

    /// Tells the page to look again.
    pub fn wake(&self, wake: Wake) {
        for woken in self.surroundings.woken.borrow().clone() {
            woken(wake);
        }
        self.world.settle();
    }

    /// Nothing happens in the tab any more, until it is thawed.
    pub fn freeze(&self) {
        self.surroundings.frozen.set(true);
    }

    /// It goes on where it stopped.
    pub fn thaw(&self) {
        self.surroundings.frozen.set(false);
        for call in self.surroundings.unheard.take() {
            call();
        }
        for call in self.surroundings.late.take() {
            call();
        }
        self.show();
    }

    /// As a page in the back/forward cache, it hears nothing of what was said meanwhile.
    pub fn thaw_deaf(&self) {
        self.surroundings.unheard.take();
        self.thaw();
    }
}

impl Clock for Surroundings {
    fn now(&self) -> Moment {
        Moment {
            wall_ms: 1_700_000_000_000 + self.world.now() + self.shared.skew.get(),
            mono_ms: self.world.awake() - self.opened,
        }
    }
}

/// For what is called back later.
struct Handle(Rc<Surroundings>);

impl Timers for Handle {
    fn after(&self, milliseconds: u32, call: Box<dyn FnOnce()>) -> Held {
        let tab = self.0.clone();
        let call =
            Box::new(
                move || {
                    if tab.frozen.get() { tab.late.borrow_mut().push(call) } else { call() }
                },
            );
        Box::new(self.0.world.after(i64::from(milliseconds), call))
    }
}

impl Channel for Handle {
    fn works(&self) -> bool {
        self.0.shared.has_channel.get()
    }

    fn post(&self, message: &str) {
        if !self.works() {
            return;
        }
        for (number, ear) in self.0.shared.tabs.borrow().iter() {
            if *number != self.0.number {
                let (ear, message) = (ear.clone(), message.to_owned());
                self.0.world.surely_after(MESSAGE_MS, move || {
                    if let Some(ear) = ear.upgrade() {
                        ear(message);
                    }
                });
            }
        }
    }

    fn listen(&self, heard: Box<dyn Fn(String)>) -> Held {
        let tab = self.0.clone();
        let heard: Rc<dyn Fn(String)> = Rc::from(heard);
        let ear: Rc<dyn Fn(String)> = Rc::new(move |message| {
            let heard = heard.clone();
            if tab.frozen.get() {
                tab.unheard.borrow_mut().push(Box::new(move || heard(message)));
            } else {
                heard(message);
            }
        });
        self.0.shared.tabs.borrow_mut().push((self.0.number, Rc::downgrade(&ear)));
        Box::new(ear)
    }
}

impl Spawner for Surroundings {
    fn spawn(&self, future: LocalFuture<()>) {
        self.world.spawn(future);
    }
}

impl Random for Surroundings {
    fn draw(&self) -> [u8; 16] {
        // Spread over all bits, and the same in every run.
        let draw = self.shared.draws.replace(self.shared.draws.get() + 1);
        let high = draw.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((u128::from(high) << 64) | u128::from(draw)).to_be_bytes()
    }
}

impl Page for Surroundings {
    fn is_hidden(&self) -> bool {
        self.hidden.get()
    }

    fn listen(&self, woken: Box<dyn Fn(Wake)>) -> Held {
        self.woken.borrow_mut().push(Rc::from(woken));
        Box::new(())
    }

    fn set_cookie(&self, name: &str, value: &str) {
        self.network.cookies.borrow_mut().mark = Some((name.to_owned(), value.to_owned()));
    }
}
