use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use futures::channel::oneshot;
use futures::future::AbortHandle;

use super::resource::ResourceToken;
use crate::edges::{Edges, Held, Wake};
use crate::engine::{CallerId, Context, Engine, Event, Grant, Timer};
use crate::message::Message;
use crate::stored::load;
use crate::{AuthError, AuthState, ClientSettings, Incident};

type Listener<T> = Rc<dyn Fn(&T)>;

/// The session of one tab. Clones are the same client; all of it stays on one thread.
///
/// ```
/// use carnet_client::{AuthClient, AuthError};
///
/// async fn invoices(client: &AuthClient) -> Result<Vec<String>, AuthError> {
///     // The token is fetched, renewed and sent along as needed.
///     client.get("/api/invoices").await
/// }
/// ```
#[derive(Clone)]
pub struct AuthClient {
    pub(super) inner: Rc<Inner>,
}

/// A caller, and where to tell it what came of it. There are never many.
pub(super) type Caller = (CallerId, oneshot::Sender<Result<Grant, AuthError>>);

pub(super) struct Inner {
    pub(super) edges: Edges,
    pub(super) settings: ClientSettings,
    engine: RefCell<Engine>,
    pub(super) callers: RefCell<Vec<Caller>>,
    next_caller: Cell<CallerId>,
    listeners: RefCell<Vec<Listener<AuthState>>>,
    witnesses: RefCell<Vec<Listener<Incident>>>,
    pub(super) timers: RefCell<[Option<Held>; Timer::COUNT]>,
    pub(super) lock: RefCell<EngineLock>,
    /// Until what was written is read back.
    pub(super) settling: RefCell<Option<Held>>,
    pub(super) refresh: RefCell<Option<AbortHandle>>,
    /// For other services.
    pub(super) resource_tokens: RefCell<Vec<ResourceToken>>,
    /// What is listened to, for as long as the client lives.
    ears: RefCell<Vec<Held>>,
}

/// The lock, as the engine wants it.
pub(super) enum EngineLock {
    Free,
    Waiting(#[expect(dead_code, reason = "dropping it stops waiting")] Waiting),
    Taken(#[expect(dead_code, reason = "dropping it lets the next tab in")] Held),
}

/// A wait for the lock that ends when this is dropped.
pub(super) struct Waiting(pub(super) AbortHandle);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl AuthClient {
    /// A client in these surroundings. Calls wait until [`Self::start`].
    pub fn new(settings: ClientSettings, edges: Edges) -> Self {
        let engine = Engine::new(settings.delivery, edges.channel.works());
        Self {
            inner: Rc::new(Inner {
                edges,
                settings,
                engine: RefCell::new(engine),
                callers: RefCell::default(),
                next_caller: Cell::new(0),
                listeners: RefCell::default(),
                witnesses: RefCell::default(),
                timers: RefCell::default(),
                lock: RefCell::new(EngineLock::Free),
                settling: RefCell::default(),
                refresh: RefCell::default(),
                resource_tokens: RefCell::default(),
                ears: RefCell::default(),
            }),
        }
    }

    /// Begins with what the server knew when it made the page, and adopts what the storage and
    /// other tabs know. With a page that came signed in, or signed out and never signed in here,
    /// nothing is requested: the first call that needs a token fetches one. An unknown state is
    /// found out by one refresh.
    pub fn start(&self, seed: AuthState) {
        let edges = &self.inner.edges;
        let weak = Rc::downgrade(&self.inner);
        let heard = edges.channel.listen(Box::new(move |text| {
            // What cannot be read was said by another version of this client.
            if let (Some(client), Ok(message)) = (upgrade(&weak), serde_json::from_str(&text)) {
                client.dispatch(Event::Heard(message));
            }
        }));
        let weak = Rc::downgrade(&self.inner);
        let woken = edges.page.listen(Box::new(move |wake| {
            if let Some(client) = upgrade(&weak) {
                let hidden = client.inner.edges.page.is_hidden();
                client.dispatch(Event::Woken { hidden, online: wake == Wake::Online });
            }
        }));
        *self.inner.ears.borrow_mut() = vec![heard, woken];
        self.dispatch(Event::Started { seed, hidden: edges.page.is_hidden() });
    }

    /// Who is signed in.
    pub fn state(&self) -> AuthState {
        self.inner.engine.borrow().state().clone()
    }

    /// Calls whenever the state has changed, for as long as the client lives.
    pub fn on_change(&self, listener: impl Fn(&AuthState) + 'static) {
        self.inner.listeners.borrow_mut().push(Rc::new(listener));
    }

    /// Calls whenever something out of the ordinary happened, for as long as the client lives.
    /// Listen before [`Self::start`] to hear of what was found at the start.
    pub fn on_incident(&self, witness: impl Fn(&Incident) + 'static) {
        self.inner.witnesses.borrow_mut().push(Rc::new(witness));
    }

    /// Waits for a token. `refused` is the serial of the one that got a 401.
    pub(super) async fn token(&self, refused: Option<u64>) -> Result<Grant, AuthError> {
        let caller = self.inner.next_caller.get();
        self.inner.next_caller.set(caller + 1);
        let (sender, receiver) = oneshot::channel();
        self.inner.callers.borrow_mut().push((caller, sender));
        self.dispatch(Event::TokenWanted { caller, refused });
        receiver.await.unwrap_or(Err(AuthError::Offline))
    }

    /// Looks at the engine, with what is stored.
    pub(super) fn look<T>(&self, look: impl FnOnce(&Engine, Context) -> T) -> T {
        let context = self.context();
        look(&self.inner.engine.borrow(), context)
    }

    /// Tells the engine what happened and does what it says.
    pub(super) fn dispatch(&self, event: Event) {
        let context = self.context();
        let effects = self.inner.engine.borrow_mut().handle(event, &context);
        for effect in effects {
            self.perform(effect);
        }
    }

    pub(super) fn announce(&self) {
        tell_all(&self.inner.listeners, &self.state());
    }

    pub(super) fn tell(&self, message: &Message) {
        if let Ok(text) = serde_json::to_string(message) {
            self.inner.edges.channel.post(&text);
        }
    }

    pub(super) fn weak(&self) -> Weak<Inner> {
        Rc::downgrade(&self.inner)
    }

    fn context(&self) -> Context {
        let edges = &self.inner.edges;
        let stored = load(edges);
        for key in &stored.discarded {
            tell_all(&self.inner.witnesses, &Incident::Discarded { key });
        }
        Context { now: edges.clock.now(), stored, random: edges.random.draw() }
    }
}

fn tell_all<T>(listeners: &RefCell<Vec<Listener<T>>>, news: &T) {
    // A listener may add listeners.
    let listeners = listeners.borrow().clone();
    for listener in listeners {
        listener(news);
    }
}

pub(super) fn upgrade(weak: &Weak<Inner>) -> Option<AuthClient> {
    weak.upgrade().map(|inner| AuthClient { inner })
}
