use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use tokio::task::AbortHandle;

use super::activity::{Activity, Phase};
use super::limits::ConnectionLimits;
use super::network::Network;
use crate::clock::coarse_timer_millis;

/// Places beyond the limit, in which only health checks are answered: monitoring must not take a
/// server whose connections are all at work for dead.
const HEALTH_PLACES: usize = 32;

/// The part of all connections that makes room at once, so that the search for them is rare.
const MAKE_ROOM: usize = 64;

/// Milliseconds after a search that found nobody until the next one.
const SEARCH_PAUSE: u64 = 50;

/// The time by which connections are measured, in milliseconds. It is asked twice a request.
pub(super) fn now() -> u64 {
    u64::try_from(coarse_timer_millis()).unwrap_or_default()
}

/// The connections of one listener.
#[derive(Debug)]
pub(super) struct Registry {
    pub(super) limits: ConnectionLimits,
    draining: AtomicBool,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    networks: HashMap<Network, Vec<Arc<Connection>>>,
    total: usize,
    /// No search for room before this moment.
    search_after: u64,
}

/// One connection, as its task and the registry share it.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) activity: Activity,
    /// Whether many clients stand behind it.
    pub(super) is_proxy: bool,
    /// Whether it has one of the places beyond the limit.
    pub(super) is_spare: bool,
    /// Held here, so that a request need not count itself among all who share the registry.
    pub(super) registry: Arc<Registry>,
    network: Network,
    task: OnceLock<AbortHandle>,
}

/// A connection's place, which is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) connection: Arc<Connection>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connection.registry.open().remove(&self.connection);
    }
}

impl Registry {
    pub(super) fn new(limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self { limits, draining: AtomicBool::new(false), open: Mutex::default() })
    }

    /// A place for a connection from this address. Where there are too many, those that wait for
    /// nothing but a further request make room, the longest waiting first; `None` when all are at work.
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let now = now();
        let peer = peer.to_canonical();
        let is_of = |networks: &[IpNet]| networks.iter().any(|network| network.contains(&peer));
        let (is_proxy, is_exempt) = (is_of(&self.limits.proxies), is_of(&self.limits.exempt));
        let network = Network::of(peer);
        let mut open = self.open();
        if !is_exempt
            && open.count(network) >= self.limits.max_per_network
            && !open.make_room_in(network)
        {
            return None;
        }
        let most = self.limits.max_connections;
        let is_spare = open.total >= most && !open.make_room((most / MAKE_ROOM).max(1), now);
        if is_spare && open.total >= most + HEALTH_PLACES {
            return None;
        }
        let connection = Arc::new(Connection {
            activity: Activity::new(now),
            is_proxy,
            is_spare,
            registry: Arc::clone(self),
            network,
            task: OnceLock::new(),
        });
        open.networks.entry(network).or_default().push(Arc::clone(&connection));
        open.total += 1;
        Some(Place { connection })
    }

    /// Frees descriptors where there are none left.
    pub(super) fn make_room(&self) {
        let now = now();
        self.open().make_room((self.limits.max_connections / MAKE_ROOM).max(1), now);
    }

    /// Whether connections are to end with the answer that they are at.
    pub(super) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Closes what waits, and lets the rest end with its next answer. `true` once nothing is left.
    pub(super) fn drain(&self) -> bool {
        self.draining.store(true, Ordering::Relaxed);
        let mut open = self.open();
        let waiting: Vec<_> = open.all().filter(|connection| connection.evict()).cloned().collect();
        waiting.iter().for_each(|connection| open.remove(connection));
        open.all().all(|connection| connection.activity.phase().0 == Phase::Upgraded)
    }

    /// Ends every connection that is still open.
    pub(super) fn end_all(&self) {
        self.open().all().for_each(|connection| connection.end());
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// How long until the next look at it; `None` where it is overdue.
    pub(super) fn next_look(&self) -> Option<Duration> {
        let limits = &self.registry.limits;
        let now = now();
        let deadline = self.activity.deadline(limits, self.is_proxy);
        (deadline > now).then(|| Duration::from_millis(deadline - now).min(limits.tick()))
    }

    /// Stores the handle of the task that serves it, which ends the connection.
    pub(super) fn served_by(&self, task: AbortHandle) {
        // Said once, right after the task was made.
        let _ = self.task.set(task);
    }

    /// Ends it if nobody loses anything by that.
    fn evict(&self) -> bool {
        let is_evicted = self.activity.waiting_since().is_some() && self.activity.evict();
        if is_evicted {
            self.end();
        }
        is_evicted
    }

    fn end(&self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }
}

impl Open {
    fn all(&self) -> impl Iterator<Item = &Arc<Connection>> {
        self.networks.values().flatten()
    }

    fn count(&self, network: Network) -> usize {
        self.networks.get(&network).map_or(0, Vec::len)
    }

    /// Idempotent: what was evicted has lost its place already.
    fn remove(&mut self, connection: &Arc<Connection>) {
        let Some(list) = self.networks.get_mut(&connection.network) else { return };
        if let Some(index) = list.iter().position(|other| Arc::ptr_eq(other, connection)) {
            list.swap_remove(index);
            self.total -= 1;
        }
        if list.is_empty() {
            self.networks.remove(&connection.network);
        }
    }

    /// Ends the connection of a network that has waited for longest.
    fn make_room_in(&mut self, network: Network) -> bool {
        let list = self.networks.get(&network).into_iter().flatten();
        let waiting = list.filter_map(|it| Some((it.activity.waiting_since()?, it)));
        let longest = waiting.min_by_key(|(since, _)| *since).map(|(_, it)| Arc::clone(it));
        match longest {
            Some(connection) if connection.evict() => {
                self.remove(&connection);
                true
            }
            _ => false,
        }
    }

    /// Ends some that wait: of the networks that have the most, the longest waiting first, and those
    /// of proxies last.
    fn make_room(&mut self, wanted: usize, now: u64) -> bool {
        if now < self.search_after {
            return false;
        }
        let mut waiting: Vec<_> = self
            .networks
            .values()
            .flat_map(|list| list.iter().map(|connection| (list.len(), connection)))
            .filter_map(|(size, it)| {
                let since = it.activity.waiting_since()?;
                Some(((it.is_proxy, Reverse(size), since), Arc::clone(it)))
            })
            .collect();
        waiting.sort_unstable_by_key(|(order, _)| *order);
        let mut ended = 0;
        for (_, connection) in waiting.into_iter().take(wanted) {
            if connection.evict() {
                self.remove(&connection);
                ended += 1;
            }
        }
        if ended == 0 {
            self.search_after = now + SEARCH_PAUSE;
        }
        ended > 0
    }
}

#[cfg(test)]
mod tests;
