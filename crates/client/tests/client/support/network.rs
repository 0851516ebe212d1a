use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use carnet_client::edges::{HttpAnswer, HttpRequest, LocalFuture, Transport, Unreachable};
use carnet_shared::{Secret, paths};
use futures::channel::oneshot;

use super::server::Reply;
use super::{Server, World};

/// What can go wrong with one refresh.
#[derive(Clone)]
pub(crate) enum Fault {
    /// The server never sees it.
    RequestLost,
    /// The server has acted on it, and nothing of that arrives.
    AnswerLost,
    /// The cookie arrives and the rest does not.
    BodyLost,
    /// It takes so long to come back.
    Slow(i64),
    /// Something else answers.
    Answer(u16, &'static str),
    /// The same, with a `Retry-After`.
    RetryAfter(u16, &'static str, u64),
}

/// How long one way takes.
const WAY_MS: i64 = 20;

/// The way from a browser to the server.
pub(crate) struct Network {
    world: World,
    server: Rc<Server>,
    pub(crate) cookie: RefCell<Option<String>>,
    /// What happens to the next refreshes.
    pub(crate) faults: RefCell<VecDeque<Fault>>,
    /// What happens to the next request to another path.
    pub(crate) other_fault: RefCell<Option<(&'static str, Fault)>>,
    pub(crate) offline: Cell<bool>,
    /// The address of every request that left.
    pub(crate) sent: RefCell<Vec<String>>,
}

impl Network {
    pub(crate) fn new(world: World, server: Rc<Server>) -> Self {
        Self {
            world,
            server,
            cookie: RefCell::default(),
            faults: RefCell::default(),
            other_fault: RefCell::default(),
            offline: Cell::new(false),
            sent: RefCell::default(),
        }
    }

    fn fault_of(&self, path: &str) -> Option<Fault> {
        if path == paths::REFRESH {
            return self.faults.borrow_mut().pop_front();
        }
        self.other_fault.borrow_mut().take_if(|(of, _)| *of == path).map(|(_, fault)| fault)
    }
}

/// A tab's transport.
pub(crate) struct Fetch {
    pub(crate) network: Rc<Network>,
    /// Gone with the tab, and then its requests are aborted.
    pub(crate) tab: Weak<()>,
}

type Answer = oneshot::Sender<Result<HttpAnswer, Unreachable>>;

impl Transport for Fetch {
    fn send(&self, request: HttpRequest) -> LocalFuture<Result<HttpAnswer, Unreachable>> {
        let (sender, receiver) = oneshot::channel();
        let network = self.network.clone();
        let cookie = network.cookie.borrow().clone();
        network.sent.borrow_mut().push(request.url.clone());
        if network.offline.get() {
            return Box::pin(async { Err(Unreachable) });
        }
        let fault = network.fault_of(&request.url);
        let (world, tab) = (network.world.clone(), self.tab.clone());
        world.surely_after(WAY_MS, move || {
            arrive(&network, &request, cookie.as_deref(), fault, sender, tab);
        });
        Box::pin(async move { receiver.await.unwrap_or(Err(Unreachable)) })
    }
}

fn arrive(
    network: &Rc<Network>,
    request: &HttpRequest,
    cookie: Option<&str>,
    fault: Option<Fault>,
    sender: Answer,
    tab: Weak<()>,
) {
    let foreign = |status: u16, body: &str| Reply { status, body: body.to_owned(), cookie: None };
    let (reply, retry_after) = match &fault {
        Some(Fault::RequestLost) => return lose(network, sender),
        Some(Fault::Answer(status, body)) => (foreign(*status, body), None),
        Some(Fault::RetryAfter(status, body, seconds)) => (foreign(*status, body), Some(*seconds)),
        _ => (network.server.answer(request, cookie.filter(|_| request.cookies)), None),
    };
    let delay = if let Some(Fault::Slow(delay)) = fault { delay } else { 0 };
    let back = network.clone();
    network.world.surely_after(WAY_MS + delay, move || {
        // An aborted request takes its cookie with it.
        let is_aborted = sender.is_canceled() || tab.strong_count() == 0;
        if is_aborted || matches!(fault, Some(Fault::AnswerLost)) {
            return;
        }
        if let Some(cookie) = reply.cookie {
            *back.cookie.borrow_mut() = cookie;
        }
        if !matches!(fault, Some(Fault::BodyLost)) {
            let body = Secret::new(reply.body);
            let _ = sender.send(Ok(HttpAnswer { status: reply.status, retry_after, body }));
        }
    });
}

fn lose(network: &Network, sender: Answer) {
    network.world.surely_after(WAY_MS, move || drop(sender));
}
