use std::rc::Rc;

use crate::edges::{
    Channel, Clock, Edges, Held, HttpAnswer, HttpRequest, LocalFuture, Lock, Page, Random, Spawner,
    Store, Timers, Transport, Unreachable, Wake,
};
use crate::engine::Moment;
use crate::{AuthClient, ClientSettings};

/// The surroundings that a server has: none.
struct Nowhere;

impl AuthClient {
    /// A client for where pages are rendered and nothing is ever called. Nobody is signed in to
    /// it and every call says that it is offline.
    pub fn nowhere() -> Self {
        let edges = Edges {
            transport: Rc::new(Nowhere),
            shared: Rc::new(Nowhere),
            tokens: Rc::new(Nowhere),
            clock: Rc::new(Nowhere),
            lock: Rc::new(Nowhere),
            channel: Rc::new(Nowhere),
            timers: Rc::new(Nowhere),
            spawner: Rc::new(Nowhere),
            random: Rc::new(Nowhere),
            page: Rc::new(Nowhere),
        };
        Self::new(ClientSettings::default(), edges)
    }
}

impl Transport for Nowhere {
    fn send(&self, _: HttpRequest) -> LocalFuture<Result<HttpAnswer, Unreachable>> {
        Box::pin(async { Err(Unreachable) })
    }
}

impl Store for Nowhere {
    fn get(&self, _: &str) -> Option<String> {
        None
    }
    fn set(&self, _: &str, _: &str) {}
    fn remove(&self, _: &str) {}
}

impl Clock for Nowhere {
    fn now(&self) -> Moment {
        Moment::default()
    }
}

impl Lock for Nowhere {
    fn acquire(&self) -> LocalFuture<Held> {
        Box::pin(async { Box::new(()) as Held })
    }
    fn is_shared(&self) -> bool {
        true
    }
}

impl Channel for Nowhere {
    fn works(&self) -> bool {
        false
    }
    fn post(&self, _: &str) {}
    fn listen(&self, _: Box<dyn Fn(String)>) -> Held {
        Box::new(())
    }
}

impl Timers for Nowhere {
    fn after(&self, _: u32, call: Box<dyn FnOnce()>) -> Held {
        // Kept, for what waits on a timer would take its being dropped for its running out.
        Box::new(call)
    }
}

impl Spawner for Nowhere {
    fn spawn(&self, _: LocalFuture<()>) {}
}

impl Random for Nowhere {
    fn draw(&self) -> [u8; 16] {
        [0; 16]
    }
}

impl Page for Nowhere {
    fn is_hidden(&self) -> bool {
        true
    }
    fn listen(&self, _: Box<dyn Fn(Wake)>) -> Held {
        Box::new(())
    }
    fn set_cookie(&self, _: &str, _: &str) {}
}
