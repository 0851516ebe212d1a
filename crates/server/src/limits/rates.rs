use super::limiter::TooMany;

/// The capacity of a bucket, and how long it takes until it has one more token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub(super) capacity: i64,
    pub(super) refill_millis: i64,
}

impl Rate {
    const fn new(capacity: i64, refill_millis: i64) -> Self {
        Self { capacity, refill_millis }
    }

    /// So many times the capacity, refilled as many times faster.
    pub(super) const fn times(self, factor: i64) -> Self {
        Self::new(self.capacity * factor, self.refill_millis / factor)
    }

    /// How long an empty bucket takes to be full.
    pub(super) const fn fill_millis(self) -> i64 {
        self.capacity * self.refill_millis
    }
}

/// How long to wait, in the unit of `Retry-After`.
pub(super) fn seconds(wait_millis: i64) -> Result<(), TooMany> {
    if wait_millis <= 0 {
        return Ok(());
    }
    Err(TooMany { retry_after: wait_millis.saturating_add(999) / 1000 })
}

/// Sign-ins from one network.
pub(super) const SIGN_INS: Rate = Rate::new(30, 2_000);
/// Sign-ins to one account from its known devices, where their network has no sign-ins left.
pub(super) const KNOWN_SIGN_INS: Rate = Rate::new(10, 30_000);
/// Wrong passwords for one account from one network. The owner elsewhere is not locked out.
pub(super) const FAILURES_HERE: Rate = Rate::new(5, 60_000);
/// Wrong passwords for one account from all strangers together.
pub(super) const FAILURES_ANYWHERE: Rate = Rate::new(100, 300_000);
/// Wrong passwords for one account from one of its known devices.
pub(super) const FAILURES_OF_DEVICE: Rate = Rate::new(5, 60_000);
/// Wrong current passwords from one session.
pub(super) const CURRENT_PASSWORDS: Rate = Rate::new(5, 60_000);
/// Attempts of one session to change the password, whatever came of them.
pub(super) const PASSWORD_CHANGES: Rate = Rate::new(10, 60_000);
/// Everything that is changed from one session.
pub(super) const WRITES: Rate = Rate::new(60, 10_000);
/// Changes of the name of one account.
pub(super) const RENAMES: Rate = Rate::new(30, 60_000);
/// Registrations from one network.
pub(super) const REGISTRATIONS: Rate = Rate::new(20, 30_000);
/// Registrations with one e-mail address.
pub(super) const REGISTRATIONS_AS: Rate = Rate::new(5, 60_000);
/// Registrations from one network that were told that an e-mail address is taken.
pub(super) const TAKEN_EMAILS: Rate = Rate::new(10, 60_000);
/// Refreshes, revocations and looks at refresh tokens from one network.
pub(super) const REFRESHES: Rate = Rate::new(600, 100);
/// Refreshes of one session.
pub(super) const REFRESHES_OF: Rate = Rate::new(60, 1_000);
/// Sign-outs of one session: its token can be presented again and again.
pub(super) const SIGN_OUTS: Rate = Rate::new(20, 6_000);
/// Wrong introspection secrets from one network.
pub(super) const WRONG_CLIENTS: Rate = Rate::new(30, 2_000);
