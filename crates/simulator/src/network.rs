use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use carnet_client::edges::{HttpAnswer, HttpRequest, LocalFuture, Transport, Unreachable};
use carnet_shared::{Secret, paths};
use futures::channel::oneshot;

use crate::Chance;
use crate::World;
use crate::backend::{Backend, Cookies, Reply};

/// What can go wrong with one refresh.
#[derive(Debug, Clone)]
pub enum Fault {
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

impl Fault {
    /// One of those that a refresh may meet, drawn by lot.
    pub fn by_chance(chance: &mut Chance) -> Self {
        let slow = chance.between(100, 12_100);
        let faults = [
            Self::RequestLost,
            Self::AnswerLost,
            Self::BodyLost,
            Self::Slow(slow),
            Self::Answer(502, "<html>"),
            Self::Answer(200, "garbage"),
        ];
        chance.one_of(&faults).clone()
    }
}

/// How long one way takes.
const WAY_MS: i64 = 20;

/// The way from a browser to the server.
pub struct Network {
    world: World,
    server: Rc<dyn Backend>,
    /// What the browser keeps for the server.
    pub cookies: RefCell<Cookies>,
    /// What happens to the next refreshes.
    pub faults: RefCell<VecDeque<Fault>>,
    /// What happens to the next request to another path.
    pub other_fault: RefCell<Option<(&'static str, Fault)>>,
    /// What the browser kept until an answer last changed it, and when that was.
    pub cookies_before: RefCell<(i64, Cookies)>,
    /// Whether nothing gets through.
    pub offline: Cell<bool>,
    /// When a refresh last came to its good end, and how many did.
    pub refreshed: Cell<(i64, u64)>,
    /// The address of every request that left.
    pub sent: RefCell<Vec<String>>,
}

impl Network {
    /// A network that works.
    pub fn new(world: World, server: Rc<dyn Backend>) -> Self {
        Self {
            world,
            server,
            cookies: RefCell::default(),
            cookies_before: RefCell::default(),
            faults: RefCell::default(),
            other_fault: RefCell::default(),
            offline: Cell::new(false),
            refreshed: Cell::default(),
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
pub struct Fetch {
    /// Where it sends to.
    pub network: Rc<Network>,
    /// Gone with the tab, and then its requests are aborted.
    pub tab: Weak<()>,
}

type Answer = oneshot::Sender<Result<HttpAnswer, Unreachable>>;

impl Transport for Fetch {
    fn send(&self, request: HttpRequest) -> LocalFuture<Result<HttpAnswer, Unreachable>> {
        let (sender, receiver) = oneshot::channel();
        let network = self.network.clone();
        let cookies = network.cookies.borrow().clone();
        network.sent.borrow_mut().push(request.url.clone());
        if network.offline.get() {
            return Box::pin(async { Err(Unreachable) });
        }
        let fault = network.fault_of(&request.url);
        let (world, tab) = (network.world.clone(), self.tab.clone());
        world.surely_after(WAY_MS, move || {
            arrive(&network, &request, &cookies, fault, sender, tab);
        });
        Box::pin(async move { receiver.await.unwrap_or(Err(Unreachable)) })
    }
}

fn arrive(
    network: &Rc<Network>,
    request: &HttpRequest,
    cookies: &Cookies,
    fault: Option<Fault>,
    sender: Answer,
    tab: Weak<()>,
) {
    let none = Cookies::default();
    let reply = match &fault {
        Some(Fault::RequestLost) => return lose(network, sender),
        Some(Fault::Answer(status, body)) => Reply::new(*status, *body),
        Some(Fault::RetryAfter(status, body, seconds)) => {
            Reply { retry_after: Some(*seconds), ..Reply::new(*status, *body) }
        }
        _ => network.server.answer(request, if request.cookies { cookies } else { &none }),
    };
    let delay = if let Some(Fault::Slow(delay)) = fault { delay } else { 0 };
    let back = network.clone();
    let is_refresh = request.url == paths::REFRESH;
    network.world.surely_after(WAY_MS + delay, move || {
        // An aborted request takes its cookie with it.
        let is_aborted = sender.is_canceled() || tab.strong_count() == 0;
        if is_aborted || matches!(fault, Some(Fault::AnswerLost)) {
            return;
        }
        if reply.cookies.session.is_some() {
            let before = back.cookies.borrow().clone();
            *back.cookies_before.borrow_mut() = (back.world.now(), before);
        }
        back.cookies.borrow_mut().apply(reply.cookies);
        if !matches!(fault, Some(Fault::BodyLost)) {
            let (status, retry_after) = (reply.status, reply.retry_after);
            if is_refresh && status == 200 {
                back.refreshed.set((back.world.now(), back.refreshed.get().1 + 1));
            }
            let body = Secret::new(reply.body);
            let _ = sender.send(Ok(HttpAnswer { status, retry_after, body }));
        }
    });
}

fn lose(network: &Network, sender: Answer) {
    network.world.surely_after(WAY_MS, move || drop(sender));
}
