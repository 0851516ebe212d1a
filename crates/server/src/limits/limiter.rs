use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::network::ByNetwork;
use super::rates;
use super::subject::Subject;
use super::table::Table;
use super::writer::Writer;
use crate::settings::LimitSettings;

/// Too many attempts: try again after so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// At least 1.
    pub retry_after: i64,
}

/// The limits of this process, by milliseconds of the monotonic clock. Tokens are taken before the work is done, because only that holds a
/// limit when many try at once. A refusal keeps nothing.
#[derive(Debug)]
pub(crate) struct Limits {
    enabled: bool,
    sign_ins: Mutex<ByNetwork>,
    known_sign_ins: Mutex<Table<Subject>>,
    failures: Mutex<Failures>,
    current_passwords: Mutex<Table<Subject>>,
    password_changes: Mutex<Table<Subject>>,
    writes: Mutex<Table<Subject>>,
    renames: Mutex<Table<Subject>>,
    registrations: Mutex<Registrations>,
    taken_emails: Mutex<ByNetwork>,
    refreshes: Mutex<ByNetwork>,
    refreshes_of: Mutex<Table<Subject>>,
    sign_outs: Mutex<Table<Subject>>,
    wrong_clients: Mutex<ByNetwork>,
}

/// Wrong passwords, by account.
#[derive(Debug)]
struct Failures {
    here: ByNetwork<Subject>,
    anywhere: Table<Subject>,
    of_device: Table<Subject>,
}

#[derive(Debug)]
struct Registrations {
    by_network: ByNetwork,
    by_email: Table<Subject>,
}

/// What an attempt with a password has paid, so that a right one gets it back.
#[derive(Debug)]
pub(crate) enum Paid {
    /// Limits are off.
    Nothing,
    /// A token of the device.
    ByDevice(Subject),
    /// A token of the account from this address, and one of those that all strangers share.
    ByStranger(Subject, IpAddr),
}

impl Limits {
    /// Full buckets.
    pub(crate) fn new(settings: LimitSettings) -> Self {
        Self {
            enabled: settings.enabled,
            sign_ins: ByNetwork::new(rates::SIGN_INS).into(),
            known_sign_ins: Table::new(rates::KNOWN_SIGN_INS).into(),
            failures: Mutex::new(Failures {
                here: ByNetwork::of_subject(rates::FAILURES_HERE),
                anywhere: Table::new(rates::FAILURES_ANYWHERE),
                of_device: Table::new(rates::FAILURES_OF_DEVICE),
            }),
            current_passwords: Table::new(rates::CURRENT_PASSWORDS).into(),
            password_changes: Table::new(rates::PASSWORD_CHANGES).into(),
            writes: Table::new(rates::WRITES).into(),
            renames: Table::new(rates::RENAMES).into(),
            registrations: Mutex::new(Registrations {
                by_network: ByNetwork::new(rates::REGISTRATIONS),
                by_email: Table::new(rates::REGISTRATIONS_AS),
            }),
            taken_emails: ByNetwork::new(rates::TAKEN_EMAILS).into(),
            refreshes: ByNetwork::new(rates::REFRESHES).into(),
            refreshes_of: Table::new(rates::REFRESHES_OF).into(),
            sign_outs: Table::new(rates::SIGN_OUTS).into(),
            wrong_clients: ByNetwork::new(rates::WRONG_CLIENTS).into(),
        }
    }

    /// A sign-in from an address, before the database is asked for the account.
    ///
    /// # Errors
    /// When the network has no sign-ins left.
    pub(crate) fn sign_in(&self, address: IpAddr, now: i64) -> Result<(), TooMany> {
        self.by_network(&self.sign_ins, address, now)
    }

    /// A sign-in to an account from one of its known devices, whose network has no sign-ins left.
    ///
    /// # Errors
    /// When the account has none left either.
    pub(crate) fn known_sign_in(&self, account: Subject, now: i64) -> Result<(), TooMany> {
        self.by_subject(&self.known_sign_ins, account, now)
    }

    /// A password for an account, before it is checked. One from a known device uses the bucket of
    /// that device, whatever strangers did; when that is empty it counts as a stranger's.
    ///
    /// # Errors
    /// When the buckets are empty.
    pub(crate) fn password(
        &self,
        account: Subject,
        address: IpAddr,
        device: Option<Subject>,
        now: i64,
    ) -> Result<Paid, TooMany> {
        if !self.enabled {
            return Ok(Paid::Nothing);
        }
        let mut failures = lock(&self.failures);
        if let Some(device) = device
            && failures.of_device.try_take(device, now).is_ok()
        {
            return Ok(Paid::ByDevice(device));
        }
        let here = failures.here.wait(account, address, now);
        rates::seconds(here.max(failures.anywhere.wait(&account, now)))?;
        failures.here.take(account, address, now);
        failures.anywhere.take(account, now);
        Ok(Paid::ByStranger(account, address))
    }

    /// The password was right: gives back what it has paid.
    #[expect(clippy::needless_pass_by_value, reason = "it is given back once")]
    pub(crate) fn password_was_right(&self, paid: Paid, now: i64) {
        match paid {
            Paid::Nothing => {}
            Paid::ByDevice(device) => lock(&self.failures).of_device.give_back(device, now),
            Paid::ByStranger(account, address) => {
                let mut failures = lock(&self.failures);
                failures.here.give_back(account, address, now);
                failures.anywhere.give_back(account, now);
            }
        }
    }

    /// A change of the password from this session, whatever comes of it, with the current one.
    /// Neither strangers nor other sessions, one of which may be a thief's, use up its tokens.
    ///
    /// # Errors
    /// When there were too many.
    pub(crate) fn password_change(&self, session: &str, now: i64) -> Result<(), TooMany> {
        let session = Subject::session(session);
        self.by_subject(&self.password_changes, session, now)?;
        self.by_subject(&self.current_passwords, session, now)
    }

    /// The current password was right.
    pub(crate) fn current_password_was_right(&self, session: &str, now: i64) {
        if self.enabled {
            lock(&self.current_passwords).give_back(Subject::session(session), now);
        }
    }

    /// A change to an account by its owner, from this session: a thief in another one cannot keep
    /// the owner from ending it.
    ///
    /// # Errors
    /// When there were too many.
    pub(crate) fn write(&self, user_id: &str, session: &str, now: i64) -> Result<Writer, TooMany> {
        self.by_subject(&self.writes, Subject::session(session), now)?;
        Ok(Writer::new(user_id, session))
    }

    /// A change of the name, which every instance reads and which stays in the audit trail.
    ///
    /// # Errors
    /// When there were too many from all sessions of the account together.
    pub(crate) fn rename(&self, writer: &Writer, now: i64) -> Result<(), TooMany> {
        self.by_subject(&self.renames, Subject::account(writer.user_id()), now)
    }

    /// A registration.
    ///
    /// # Errors
    /// When the network or the e-mail address has none left.
    pub(crate) fn register(
        &self,
        address: IpAddr,
        email: Subject,
        now: i64,
    ) -> Result<(), TooMany> {
        if !self.enabled {
            return Ok(());
        }
        let mut registrations = lock(&self.registrations);
        let by_network = registrations.by_network.wait((), address, now);
        rates::seconds(by_network.max(registrations.by_email.wait(&email, now)))?;
        registrations.by_network.take((), address, now);
        registrations.by_email.take(email, now);
        Ok(())
    }

    /// A look whether an e-mail address is taken, before it: so that a refusal does not tell.
    ///
    /// # Errors
    /// When the network was told of too many that are.
    pub(crate) fn taken_email(&self, address: IpAddr, now: i64) -> Result<(), TooMany> {
        self.by_network(&self.taken_emails, address, now)
    }

    /// Nobody was told that an address is taken.
    pub(crate) fn no_taken_email(&self, address: IpAddr, now: i64) {
        if self.enabled {
            lock(&self.taken_emails).give_back((), address, now);
        }
    }

    /// A request to refresh, of whatever token.
    ///
    /// # Errors
    /// When the network has none left.
    pub(crate) fn refresh(&self, address: IpAddr, now: i64) -> Result<(), TooMany> {
        self.by_network(&self.refreshes, address, now)
    }

    /// A request to refresh this session, with a token that is ours.
    ///
    /// # Errors
    /// When the session has none left.
    pub(crate) fn refresh_of(&self, session: &str, now: i64) -> Result<(), TooMany> {
        self.by_subject(&self.refreshes_of, Subject::session(session), now)
    }

    /// A sign-out of this session, with a token that is ours.
    ///
    /// # Errors
    /// When it was signed out again and again.
    pub(crate) fn sign_out(&self, session: &str, now: i64) -> Result<(), TooMany> {
        self.by_subject(&self.sign_outs, Subject::session(session), now)
    }

    /// A wrong introspection secret, after it was compared: the right one is never refused.
    ///
    /// # Errors
    /// When the network has none left.
    pub(crate) fn wrong_client(&self, address: IpAddr, now: i64) -> Result<(), TooMany> {
        self.by_network(&self.wrong_clients, address, now)
    }

    fn by_network(
        &self,
        buckets: &Mutex<ByNetwork>,
        address: IpAddr,
        now: i64,
    ) -> Result<(), TooMany> {
        if self.enabled { lock(buckets).try_take((), address, now) } else { Ok(()) }
    }

    fn by_subject(
        &self,
        buckets: &Mutex<Table<Subject>>,
        subject: Subject,
        now: i64,
    ) -> Result<(), TooMany> {
        if self.enabled { lock(buckets).try_take(subject, now) } else { Ok(()) }
    }

    /// How many buckets there are that are about an account or an e-mail address.
    #[cfg(test)]
    pub(crate) fn count_of_subjects(&self) -> usize {
        let failures = lock(&self.failures);
        failures.here.len()
            + failures.anywhere.len()
            + failures.of_device.len()
            + lock(&self.registrations).by_email.len()
    }
}

/// A bucket is whole whatever happened to the last holder of the lock.
fn lock<T>(buckets: &Mutex<T>) -> MutexGuard<'_, T> {
    buckets.lock().unwrap_or_else(PoisonError::into_inner)
}
