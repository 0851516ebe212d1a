use std::future::Future;

use carnet_shared::{RefreshRequest, Secret, paths};
use futures::channel::oneshot;
use futures::future::{Either, abortable, select};

use super::core::{AuthClient, EngineLock, Waiting, upgrade};
use super::read::{body_of, read};
use crate::edges::{Edges, Held, HttpAnswer, HttpRequest, Method, Unreachable};
use crate::engine::{Effect, Event, Timer};
use crate::is_local_path;
use crate::stored::save;

/// How long to wait for the lock. A tab that holds it for longer is frozen or broken, and it is
/// better to go on: the server gives racing tabs the same answer.
const LOCK_MS: u32 = 10_000;
/// How long to wait before the storage is read back where tabs cannot lock each other out. What
/// another tab has written at the same moment takes a while to be seen here. If that takes at most half
/// of this, all of them find the same attempt, and the server gives all of them the same answer.
const SETTLE_MS: u32 = 300;

impl AuthClient {
    pub(super) fn perform(&self, effect: Effect) {
        let inner = &self.inner;
        match effect {
            Effect::Schedule(timer, milliseconds) => self.schedule(timer, milliseconds),
            Effect::Cancel(timer) => drop(inner.timers.borrow_mut()[timer as usize].take()),
            Effect::TakeLock => self.take_lock(),
            Effect::ReleaseLock => drop(inner.lock.replace(EngineLock::Free)),
            Effect::Post(message) => self.tell(&message),
            Effect::Save(change) => save(&inner.edges, &change),
            Effect::Reread => self.read_back(),
            Effect::Refresh { number, request } => self.refresh(number, &request),
            Effect::Abort => {
                if let Some(running) = inner.refresh.borrow_mut().take() {
                    running.abort();
                }
            }
            Effect::Settle(caller, answer) => {
                let place =
                    inner.callers.borrow().iter().position(|(waiting, _)| *waiting == caller);
                if let Some(place) = place {
                    let (_, waiting) = inner.callers.borrow_mut().swap_remove(place);
                    // The call may have been dropped meanwhile.
                    let _ = waiting.send(answer);
                }
            }
            Effect::Mark(session) => {
                let name = [&inner.settings.cookie_name, "-out"].concat();
                inner.edges.page.set_cookie(&name, &session);
            }
            Effect::Announce => self.announce(),
        }
    }

    fn schedule(&self, timer: Timer, milliseconds: i64) {
        let weak = self.weak();
        let call = Box::new(move || {
            if let Some(client) = upgrade(&weak) {
                client.dispatch(Event::Elapsed(timer));
            }
        });
        let milliseconds = u32::try_from(milliseconds.max(0)).unwrap_or(u32::MAX);
        let running = self.inner.edges.timers.after(milliseconds, call);
        self.inner.timers.borrow_mut()[timer as usize] = Some(running);
    }

    fn read_back(&self) {
        if self.inner.edges.lock.is_shared() {
            return self.dispatch(Event::Reread);
        }
        let weak = self.weak();
        let call = Box::new(move || {
            if let Some(client) = upgrade(&weak) {
                client.dispatch(Event::Reread);
            }
        });
        let waiting = self.inner.edges.timers.after(SETTLE_MS, call);
        self.inner.settling.replace(Some(waiting));
    }

    fn take_lock(&self) {
        let (wait, handle) = abortable(lock_or_go_on(self.inner.edges.clone()));
        self.inner.lock.replace(EngineLock::Waiting(Waiting(handle)));
        let weak = self.weak();
        self.inner.edges.spawner.spawn(Box::pin(async move {
            let Ok(held) = wait.await else { return };
            if let Some(client) = upgrade(&weak) {
                client.inner.lock.replace(EngineLock::Taken(Box::new(held)));
                client.dispatch(Event::Locked);
            }
        }));
    }

    fn refresh(&self, number: u64, request: &RefreshRequest) {
        let request = self.request(Method::Post, paths::REFRESH, body_of(request));
        let (answer, handle) = abortable(self.inner.edges.transport.send(request));
        self.inner.refresh.replace(Some(handle));
        let weak = self.weak();
        self.inner.edges.spawner.spawn(Box::pin(async move {
            let Ok(answer) = answer.await else { return };
            if let Some(client) = upgrade(&weak) {
                client.dispatch(Event::Refreshed { number, answer: read(answer) });
            }
        }));
    }

    /// A request without a token.
    pub(super) fn request(&self, method: Method, path: &str, body: Option<Secret>) -> HttpRequest {
        let base = &self.inner.settings.base_url;
        let cookies = base.is_empty() && is_local_path(path);
        HttpRequest { method, url: [base, path].concat(), bearer: None, body, cookies }
    }

    /// Sends a request that nobody waits longer for than this.
    pub(super) async fn send_within(
        &self,
        milliseconds: u32,
        request: HttpRequest,
    ) -> Result<HttpAnswer, Unreachable> {
        let answer = self.inner.edges.transport.send(request);
        within(&self.inner.edges, milliseconds, answer).await.unwrap_or(Err(Unreachable))
    }

    /// Takes the lock for a login or a logout, or goes on without.
    pub(super) async fn lock(&self) -> Option<Held> {
        lock_or_go_on(self.inner.edges.clone()).await
    }
}

async fn lock_or_go_on(edges: Edges) -> Option<Held> {
    within(&edges, LOCK_MS, edges.lock.acquire()).await
}

/// Gives up, by dropping the future, after so many milliseconds.
async fn within<T>(
    edges: &Edges,
    milliseconds: u32,
    future: impl Future<Output = T> + Unpin,
) -> Option<T> {
    let (ring, rung) = oneshot::channel::<()>();
    let _timer = edges.timers.after(milliseconds, Box::new(move || drop(ring)));
    match select(future, rung).await {
        Either::Left((value, _)) => Some(value),
        Either::Right(_) => None,
    }
}
