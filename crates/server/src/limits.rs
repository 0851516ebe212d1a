//! How often one may try: token buckets in memory, refilled by the injected clock. They are this
//! process's own and empty after a restart; several instances each keep theirs.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::settings::LimitSettings;

/// More keys than this are not remembered one by one: whoever comes then shares one bucket, so that
/// neither memory grows without end nor a flood of keys opens a way around.
const MAX_KEYS: usize = 100_000;

/// How long after a look for buckets to forget the next one may come: it reads them all.
const CLEANUP_MILLIS: i64 = 10_000;

/// A limit: so many at once, and one more each time so many seconds have passed.
#[derive(Debug, Clone, Copy)]
struct Limit {
    capacity: f64,
    refill_seconds: f64,
}

const fn limit(capacity: f64, refill_seconds: f64) -> Limit {
    Limit { capacity, refill_seconds }
}

const LOGIN_BY_ADDRESS: Limit = limit(30.0, 2.0);
/// Wrong passwords for one account from one network. The owner elsewhere is not locked out.
const FAILURE_BY_ACCOUNT_AND_ADDRESS: Limit = limit(5.0, 60.0);
/// Wrong passwords for one account from everywhere.
const FAILURE_BY_ACCOUNT: Limit = limit(100.0, 300.0);
const REGISTER_BY_ADDRESS: Limit = limit(20.0, 30.0);
const REGISTER_BY_ACCOUNT: Limit = limit(5.0, 60.0);
const REFRESH_BY_ADDRESS: Limit = limit(600.0, 0.1);
const REFRESH_BY_SESSION: Limit = limit(60.0, 1.0);

/// Which bucket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Login(Network),
    FailureHere(String, Network),
    FailureAnywhere(String),
    Register(Network),
    RegisterAs(String),
    Refresh(Network),
    RefreshOf(String),
    Overflow,
}

/// An address as far as it tells people apart: an IPv6 customer has at least a /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Network(IpAddr);

impl Network {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.into()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(IpAddr::from([a, b, c, d, 0, 0, 0, 0]))
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    limit: Limit,
    filled: f64,
    at_millis: i64,
}

impl Bucket {
    fn refill(&mut self, now_millis: i64) {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds between two requests are few")]
        let seconds = now_millis.saturating_sub(self.at_millis).max(0) as f64 / 1000.0;
        self.filled = self.limit.capacity.min(self.filled + seconds / self.limit.refill_seconds);
        self.at_millis = now_millis;
    }
}

/// Too many attempts: try again after so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// At least 1.
    pub retry_after: i64,
}

/// The limits of this process.
#[derive(Debug)]
pub(crate) struct Limits {
    enabled: bool,
    buckets: Mutex<Buckets>,
}

#[derive(Debug, Default)]
struct Buckets {
    by_key: HashMap<Key, Bucket>,
    cleaned_at_millis: Option<i64>,
}

impl Limits {
    /// Full buckets.
    pub(crate) fn new(settings: LimitSettings) -> Self {
        Self { enabled: settings.enabled, buckets: Mutex::default() }
    }

    /// A login for an account, before its password is looked at. A right password gives back what
    /// the account's buckets paid: [`Limits::login_succeeded`].
    ///
    /// # Errors
    /// When one of the buckets is empty.
    pub(crate) fn login(
        &self,
        address: IpAddr,
        login: &str,
        now_millis: i64,
    ) -> Result<(), TooMany> {
        let network = Network::of(address);
        self.take(&[(Key::Login(network), LOGIN_BY_ADDRESS)], now_millis)?;
        self.password(address, login, now_millis)
    }

    /// A password for an account, given by somebody who is signed in already.
    ///
    /// # Errors
    /// When one of the buckets is empty.
    pub(crate) fn password(
        &self,
        address: IpAddr,
        account: &str,
        now_millis: i64,
    ) -> Result<(), TooMany> {
        self.take(&failure_keys(address, account), now_millis)
    }

    /// The password was right.
    pub(crate) fn password_was_right(&self, address: IpAddr, account: &str) {
        let mut buckets = self.lock();
        for (key, limit) in failure_keys(address, account) {
            if let Some(bucket) = buckets.by_key.get_mut(&key) {
                bucket.filled = limit.capacity.min(bucket.filled + 1.0);
            }
        }
    }

    /// A registration.
    ///
    /// # Errors
    /// When one of the buckets is empty.
    pub(crate) fn register(
        &self,
        address: IpAddr,
        email: &str,
        now_millis: i64,
    ) -> Result<(), TooMany> {
        let keys = [
            (Key::Register(Network::of(address)), REGISTER_BY_ADDRESS),
            (Key::RegisterAs(email.to_owned()), REGISTER_BY_ACCOUNT),
        ];
        self.take(&keys, now_millis)
    }

    /// A request to refresh, of whatever token.
    ///
    /// # Errors
    /// When the address's bucket is empty.
    pub(crate) fn refresh(&self, address: IpAddr, now_millis: i64) -> Result<(), TooMany> {
        self.take(&[(Key::Refresh(Network::of(address)), REFRESH_BY_ADDRESS)], now_millis)
    }

    /// A request to refresh this session, with a token that is ours.
    ///
    /// # Errors
    /// When the session's bucket is empty.
    pub(crate) fn refresh_of(&self, session: &str, now_millis: i64) -> Result<(), TooMany> {
        self.take(&[(Key::RefreshOf(session.to_owned()), REFRESH_BY_SESSION)], now_millis)
    }

    /// Takes one from each bucket, or none from any. Taking before the work rather than counting
    /// after it is what holds the limit when many try at once.
    fn take(&self, keys: &[(Key, Limit)], now_millis: i64) -> Result<(), TooMany> {
        if !self.enabled {
            return Ok(());
        }
        let mut buckets = self.lock();
        buckets.forget_full_ones(now_millis);
        let keys: Vec<(Key, Limit)> =
            keys.iter().map(|(key, limit)| buckets.known_or_overflow(key, *limit)).collect();
        let mut wait: f64 = 0.0;
        for (key, limit) in &keys {
            let full = Bucket { limit: *limit, filled: limit.capacity, at_millis: now_millis };
            let bucket = buckets.by_key.entry(key.clone()).or_insert(full);
            bucket.refill(now_millis);
            wait = wait.max((1.0 - bucket.filled) * limit.refill_seconds);
        }
        if wait > 0.0 {
            #[expect(clippy::cast_possible_truncation, reason = "minutes, in seconds")]
            return Err(TooMany { retry_after: wait.ceil().max(1.0) as i64 });
        }
        for (key, _) in &keys {
            if let Some(bucket) = buckets.by_key.get_mut(key) {
                bucket.filled -= 1.0;
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Buckets> {
        // Numbers in a map are whole whatever happened to whoever held the lock.
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failure_keys(address: IpAddr, account: &str) -> [(Key, Limit); 2] {
    let account = account.trim().to_lowercase();
    let here = Key::FailureHere(account.clone(), Network::of(address));
    [(here, FAILURE_BY_ACCOUNT_AND_ADDRESS), (Key::FailureAnywhere(account), FAILURE_BY_ACCOUNT)]
}

impl Buckets {
    fn known_or_overflow(&self, key: &Key, limit: Limit) -> (Key, Limit) {
        if self.by_key.len() < MAX_KEYS || self.by_key.contains_key(key) {
            (key.clone(), limit)
        } else {
            (Key::Overflow, LOGIN_BY_ADDRESS)
        }
    }

    /// A full bucket says no more than an absent one.
    fn forget_full_ones(&mut self, now_millis: i64) {
        let is_due =
            self.cleaned_at_millis.is_none_or(|at| (now_millis - at).abs() >= CLEANUP_MILLIS);
        if self.by_key.len() >= MAX_KEYS && is_due {
            self.cleaned_at_millis = Some(now_millis);
            self.by_key.retain(|_, bucket| {
                bucket.refill(now_millis);
                bucket.filled < bucket.limit.capacity
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits::new(LimitSettings { enabled: true })
    }

    fn address(last: u8) -> IpAddr {
        [203, 0, 113, last].into()
    }

    #[test]
    fn the_sixth_wrong_password_waits_a_minute() {
        let limits = limits();
        for _ in 0..5 {
            limits.login(address(1), "ada", 0).unwrap();
        }
        assert_eq!(limits.login(address(1), " ADA ", 0), Err(TooMany { retry_after: 60 }));
        assert_eq!(limits.login(address(1), "ada", 60_000), Ok(()));
    }

    #[test]
    fn the_owner_elsewhere_is_not_locked_out() {
        let limits = limits();
        for _ in 0..6 {
            let _ = limits.login(address(1), "ada", 0);
        }
        assert_eq!(limits.login(address(2), "ada", 0), Ok(()));
    }

    #[test]
    fn a_hundred_wrong_passwords_from_everywhere_are_enough() {
        let limits = limits();
        for last in 0..100 {
            limits.login(address(last), "ada", 0).unwrap();
        }
        assert!(limits.login(address(200), "ada", 0).is_err());
    }

    #[test]
    fn a_right_password_costs_the_account_nothing() {
        let limits = limits();
        for second in 0..100 {
            limits.login(address(1), "ada", second * 2_000).unwrap();
            limits.password_was_right(address(1), "ada");
        }
    }

    #[test]
    fn one_address_gets_thirty_logins_and_then_one_every_two_seconds() {
        let limits = limits();
        for account in 0..30 {
            limits.login(address(1), &format!("user{account}"), 0).unwrap();
        }
        assert_eq!(limits.login(address(1), "one.more", 0), Err(TooMany { retry_after: 2 }));
        assert_eq!(limits.login(address(1), "one.more", 2_000), Ok(()));
    }

    #[test]
    fn an_ipv6_customer_is_one_network() {
        let limits = limits();
        for host in 0..5u16 {
            let address = IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, host]);
            limits.password(address, "ada", 0).unwrap();
        }
        let neighbour = IpAddr::from([0x2001, 0xdb8, 0, 1, 9, 9, 9, 9]);
        assert!(limits.password(neighbour, "ada", 0).is_err());
    }

    #[test]
    fn a_flood_of_keys_neither_grows_without_end_nor_opens_a_way_around() {
        let limits = limits();
        for number in 0..200_000u32 {
            let _ = limits.refresh_of(&number.to_string(), 0);
        }
        assert!(limits.lock().by_key.len() <= MAX_KEYS + 1);
        assert!(limits.refresh_of("fresh", 0).is_err());
    }
}
