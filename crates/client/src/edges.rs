//! What the client needs from its surroundings: a browser's in `browser`, a simulated one's in
//! tests. All of it lives on one thread.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use carnet_shared::Secret;

use crate::engine::Moment;

/// A future that stays on its thread.
pub type LocalFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// Something that is given up by being dropped: a lock, a timer, a listener.
pub type Held = Box<dyn Any>;

/// The verbs of JSON APIs; Carnet's own knows all but [`Method::Put`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Do.
    Post,
    /// Put in place.
    Put,
    /// Change.
    Patch,
    /// End.
    Delete,
}

/// A request as it leaves the client. Its body may hold a password, so it cannot be printed.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// The verb.
    pub method: Method,
    /// The settings' `base_url` and the path.
    pub url: String,
    /// For the `Authorization` header.
    pub bearer: Option<Secret>,
    /// JSON.
    pub body: Option<Secret>,
    /// Whether cookies go along and are taken: to the origin of the page only.
    pub cookies: bool,
}

/// An answer. Its body may hold tokens, so it cannot be printed.
#[derive(Debug, Clone)]
pub struct HttpAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The header `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// The whole body.
    pub body: Secret,
}

/// No answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreachable;

/// Sends requests.
pub trait Transport {
    /// Sends one request; dropping the future aborts it.
    fn send(&self, request: HttpRequest) -> LocalFuture<Result<HttpAnswer, Unreachable>>;
}

/// Keeps strings under names, as well as it can: what matters is read back.
pub trait Store {
    /// What is kept under the name.
    fn get(&self, key: &str) -> Option<String>;
    /// Keeps a value; a full store keeps the old one.
    fn set(&self, key: &str, value: &str);
    /// Forgets a value.
    fn remove(&self, key: &str);
}

/// Tells the time.
pub trait Clock {
    /// By both clocks of the device.
    fn now(&self) -> Moment;
}

/// The lock of all tabs of an origin.
pub trait Lock {
    /// Waits until no other tab has the lock; dropping the future stops waiting, dropping what it
    /// gives lets the next one in. Where tabs cannot lock each other out, at least the calls of
    /// this one wait for each other.
    fn acquire(&self) -> LocalFuture<Held>;
    /// Whether it holds for all tabs, not for the calls of this one alone.
    fn is_shared(&self) -> bool;
}

/// Speaks to the other tabs of an origin.
pub trait Channel {
    /// Whether there are any means to do so.
    fn works(&self) -> bool;
    /// Says something to all other tabs, not to this one.
    fn post(&self, message: &str);
    /// Hears what other tabs say, until dropped.
    fn listen(&self, heard: Box<dyn Fn(String)>) -> Held;
}

/// Calls back later.
pub trait Timers {
    /// Calls once, after so many milliseconds, unless the handle is dropped before.
    fn after(&self, milliseconds: u32, call: Box<dyn FnOnce()>) -> Held;
}

/// Runs futures.
pub trait Spawner {
    /// Runs a future to its end.
    fn spawn(&self, future: LocalFuture<()>);
}

/// Draws lots that nobody can guess.
pub trait Random {
    /// 128 random bits.
    fn draw(&self) -> [u8; 16];
}

/// Why a page should look again at what it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// It was shown, focused or brought back from the history, or another tab changed the storage.
    Look,
    /// The device is online again.
    Online,
}

/// The page that the client runs in.
pub trait Page {
    /// Whether nobody can see it.
    fn is_hidden(&self) -> bool;
    /// Hears when to look again, until dropped.
    fn listen(&self, woken: Box<dyn Fn(Wake)>) -> Held;
    /// Writes a cookie that script can write: the mark of an offline sign-out.
    fn set_cookie(&self, name: &str, value: &str);
}

/// All the surroundings of one tab.
#[derive(Clone)]
pub struct Edges {
    /// Sends requests.
    pub transport: Rc<dyn Transport>,
    /// Shared by all tabs: `localStorage`.
    pub shared: Rc<dyn Store>,
    /// Where tokens are kept.
    pub tokens: Rc<dyn Store>,
    /// Tells the time.
    pub clock: Rc<dyn Clock>,
    /// Shared by all tabs.
    pub lock: Rc<dyn Lock>,
    /// Shared by all tabs.
    pub channel: Rc<dyn Channel>,
    /// Calls back.
    pub timers: Rc<dyn Timers>,
    /// Runs futures.
    pub spawner: Rc<dyn Spawner>,
    /// Draws lots.
    pub random: Rc<dyn Random>,
    /// The page.
    pub page: Rc<dyn Page>,
}
