//! What a flood causes is counted here and recorded once a second, so that neither memory nor the
//! database grows with it.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::kinds::EventKind;
use super::{Actor, Event, Origin};

/// Rows that are counted one by one at the same time. What comes beyond them is counted in one row
/// for each kind, so a flood of accounts or networks makes no more than these in a minute.
const MOST: usize = 100;

/// The address of the rows that take what comes beyond.
const OTHERS: &str = "others";

const MINUTE_SECONDS: i64 = 60;

/// What was refused, counted until it is recorded.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    by_key: HashMap<Key, Counted>,
    others: HashMap<EventKind, Counted>,
}

/// One row for each of these and each minute.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    kind: EventKind,
    user_id: Option<String>,
    session_id: Option<String>,
    network: Option<IpAddr>,
    detail: String,
}

/// A row, with the circumstances of the first event that it counts.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    /// UUIDv7.
    pub(crate) id: String,
    /// Unix seconds.
    pub(crate) at: i64,
    pub(crate) kind: EventKind,
    pub(crate) user_id: Option<String>,
    pub(crate) session_id: Option<String>,
    pub(crate) address: String,
    pub(crate) device: String,
    pub(crate) request_id: String,
    pub(crate) actor: String,
    pub(crate) detail: String,
    /// How many came since the row was last recorded.
    pub(crate) count: i64,
}

impl Refusals {
    /// Counts an event. `new_id` makes the id of a row where a new one begins.
    pub(crate) fn count(&self, event: &Event<'_>, now: i64, new_id: impl FnOnce() -> String) {
        let key = Key::of(event);
        let mut counts = self.lock();
        let is_full = counts.by_key.len() >= MOST;
        if let Some(counted) = counts.by_key.get_mut(&key) {
            if counted.is_over(now) {
                *counted = Counted::first(event, now, new_id());
            } else {
                counted.count += 1;
            }
        } else if !is_full {
            counts.by_key.insert(key, Counted::first(event, now, new_id()));
        } else {
            let others = counts.others.entry(event.kind());
            others
                .and_modify(|others| others.count += 1)
                .or_insert_with(|| Counted::others(event.kind(), now, new_id()));
        }
    }

    /// What is to be recorded: each row with what came since it was last taken.
    pub(crate) fn take(&self) -> Vec<Counted> {
        let mut counts = self.lock();
        let mut taken = Vec::new();
        for counted in counts.all() {
            if counted.count > 0 {
                taken.push(counted.clone());
                counted.count = 0;
            }
        }
        taken
    }

    /// Puts back what could not be recorded.
    pub(crate) fn put_back(&self, taken: Vec<Counted>) {
        let mut counts = self.lock();
        for mut back in taken {
            let others = counts.others.get_mut(&back.kind).filter(|row| row.id == back.id);
            if let Some(row) = others {
                row.count += back.count;
                continue;
            }
            let kind = back.kind;
            if let Some(row) = counts.by_key.values_mut().find(|row| row.id == back.id) {
                row.count += back.count;
            } else {
                // Its place went to a new row meanwhile.
                back.address = OTHERS.to_owned();
                let count = back.count;
                counts.others.entry(kind).and_modify(|row| row.count += count).or_insert(back);
            }
        }
    }

    /// Forgets the rows of past minutes that are recorded.
    pub(crate) fn forget_recorded(&self, now: i64) {
        let mut counts = self.lock();
        counts.by_key.retain(|_, counted| !counted.is_over(now));
        counts.others.retain(|_, counted| !counted.is_over(now));
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        // Each count is whole whatever happened to the thread that held the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn all(&mut self) -> impl Iterator<Item = &mut Counted> {
        self.by_key.values_mut().chain(self.others.values_mut())
    }
}

impl Key {
    fn of(event: &Event<'_>) -> Self {
        Self {
            kind: event.kind(),
            user_id: event.user_id().map(str::to_owned),
            session_id: event.session_id().map(str::to_owned),
            network: event.origin().address.parse().ok().map(network),
            detail: event.detail().to_owned(),
        }
    }
}

/// Everybody in an IPv6 /64 is one customer.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

impl Counted {
    fn first(event: &Event<'_>, now: i64, id: String) -> Self {
        let Origin { actor, address, device, request_id } = event.origin();
        Self {
            id,
            at: now,
            kind: event.kind(),
            user_id: event.user_id().map(str::to_owned),
            session_id: event.session_id().map(str::to_owned),
            address: address.to_owned(),
            device: device.to_owned(),
            request_id: request_id.to_string(),
            actor: actor.text().into_owned(),
            detail: event.detail().to_owned(),
            count: 1,
        }
    }

    fn others(kind: EventKind, now: i64, id: String) -> Self {
        Self {
            id,
            at: now,
            kind,
            user_id: None,
            session_id: None,
            address: OTHERS.to_owned(),
            device: OTHERS.to_owned(),
            request_id: String::new(),
            actor: Actor::Anonymous.text().into_owned(),
            detail: "more accounts and networks than are counted one by one".to_owned(),
            count: 1,
        }
    }

    /// Logs what is recorded.
    pub(crate) fn log(&self) {
        tracing::info!(
            event = self.kind.as_str(),
            user_id = self.user_id,
            session_id = self.session_id,
            actor = self.actor,
            address = self.address,
            device = self.device,
            request_id = self.request_id,
            detail = self.detail,
            count = self.count,
        );
    }

    /// Whether its minute has passed and all of it is recorded. One that cannot be recorded goes on
    /// counting beyond its minute.
    fn is_over(&self, now: i64) -> bool {
        self.count == 0 && now.div_euclid(MINUTE_SECONDS) != self.at.div_euclid(MINUTE_SECONDS)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::audit::RefusalEvent;

    fn throttled<'a>(user_id: Option<&'a str>, address: &'a str) -> Event<'a> {
        let origin = Origin {
            actor: Actor::Anonymous,
            address,
            device: "a device",
            request_id: Uuid::nil(),
        };
        Event::refused(RefusalEvent::Throttled, user_id, origin)
    }

    /// Counts events, each of whose rows has a number as its id.
    #[derive(Default)]
    struct Bench {
        refusals: Refusals,
        rows: std::cell::Cell<u32>,
    }

    impl Bench {
        fn count(&self, user_id: Option<&str>, address: &str, now: i64) {
            self.refusals.count(&throttled(user_id, address), now, || {
                self.rows.set(self.rows.get() + 1);
                self.rows.get().to_string()
            });
        }

        fn taken(&self) -> Vec<i64> {
            let mut counts: Vec<i64> = self.refusals.take().iter().map(|row| row.count).collect();
            counts.sort_unstable();
            counts
        }
    }

    #[test]
    fn a_flood_from_one_network_is_one_row_a_minute() {
        let bench = Bench::default();
        for host in 0..1000 {
            bench.count(Some("ada"), &format!("2001:db8:0:1::{host:x}"), 0);
        }
        assert_eq!(bench.taken(), [1000]);
        bench.count(Some("ada"), "2001:db8:0:1::1", 59);
        assert_eq!(bench.taken(), [1]);
        assert_eq!(bench.rows.get(), 1);
        bench.count(Some("ada"), "2001:db8:0:1::1", 60);
        assert_eq!((bench.taken(), bench.rows.get()), (vec![1], 2));
    }

    #[test]
    fn accounts_and_networks_are_told_apart() {
        let bench = Bench::default();
        for (user, address) in [
            (Some("ada"), "203.0.113.1"),
            (Some("grace"), "203.0.113.1"),
            (Some("ada"), "203.0.113.2"),
            (None, "203.0.113.1"),
        ] {
            bench.count(user, address, 0);
        }
        assert_eq!(bench.taken(), [1, 1, 1, 1]);
    }

    #[test]
    fn a_flood_of_networks_makes_no_more_than_a_hundred_rows_and_one_for_the_rest() {
        let bench = Bench::default();
        for number in 0..50_000u32 {
            let address = IpAddr::from(std::net::Ipv4Addr::from_bits(number)).to_string();
            bench.count(None, &address, 0);
        }
        let taken = bench.taken();
        assert_eq!((taken.len(), taken.iter().sum()), (MOST + 1, 50_000));
        assert_eq!(taken.last(), Some(&(50_000 - i64::try_from(MOST).unwrap())));
        bench.refusals.forget_recorded(60);
        assert_eq!(bench.refusals.lock().by_key.len(), 0);
        assert_eq!(bench.refusals.lock().others.len(), 0);
    }

    #[test]
    fn what_cannot_be_recorded_for_a_day_is_kept_in_the_same_memory() {
        let bench = Bench::default();
        let mut sent = 0;
        for minute in 0..1440 {
            for host in 0..150 {
                bench.count(None, &format!("203.0.{}.{host}", minute % 250), minute * 60);
                sent += 1;
            }
            let taken = bench.refusals.take();
            bench.refusals.put_back(taken);
            bench.refusals.forget_recorded(minute * 60);
            let counts = bench.refusals.lock();
            assert!(counts.by_key.len() <= MOST && counts.others.len() <= 1);
        }
        assert_eq!(bench.taken().iter().sum::<i64>(), sent);
    }
}
