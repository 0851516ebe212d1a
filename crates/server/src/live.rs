use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use carnet_shared::{Claims, ErrorCode, User};
use carnet_verify::Verified;

use crate::error::ApiError;
use crate::store::{Change, Store, UserRow};
use crate::tokens::ClaimSource;

/// For how long a change is remembered, in milliseconds of the monotonic clock. It matters as long as
/// a token may be accepted that was issued before it: fifteen minutes, a minute for what was in
/// flight, and what the clocks of the server that issued it and of this one may differ by.
const MEMORY_MILLIS: i64 = (16 + 120) * 60_000;

/// Claims whose token was verified, whose session lives, and whose account is as they say. Only
/// `LiveState` makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Live<T>(Arc<Verified<T>>);

impl<T> Deref for Live<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.claims()
    }
}

/// What is known of sessions and accounts beyond what tokens say: only what ended or changed within
/// the last hours, so that memory does not grow with the number of sessions.
#[derive(Debug, Default)]
pub(crate) struct LiveState {
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// By session id, when this process heard of its end.
    ended: HashMap<String, i64>,
    /// By user id.
    accounts: HashMap<String, Account>,
    everyone: Option<Everyone>,
    /// Counts what was heard, to tell whether something came between.
    heard: u64,
}

/// An account that changed.
#[derive(Debug)]
struct Account {
    heard_at: i64,
    /// The number of the change in [`Known::heard`].
    heard: u64,
    /// As it was read after the change; `None` when it is gone.
    now: Option<User>,
}

/// Every session was ended at once.
#[derive(Debug)]
struct Everyone {
    heard_at: i64,
    heard: u64,
    /// Sessions that were found to live all the same, since they began later.
    living: HashSet<String>,
}

/// What the state alone does not tell about a token; the database does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// The account is not known to be as the token says. It may have changed once more, and the token
    /// may be newer than what was heard. Carries the number of the change.
    Account(u64),
    /// Everybody's sessions ended, and this one may have begun later. Carries the number of the change.
    Session(u64),
}

/// What follows from the state.
enum Check {
    Lives,
    Refused(ErrorCode),
    Doubted(Doubt),
}

impl LiveState {
    /// Whether a verified token's session and account are still what it says. The database is asked
    /// only where what was heard leaves it open.
    ///
    /// # Errors
    /// What to answer.
    pub(crate) async fn check(
        &self,
        verified: Arc<Verified<Claims>>,
        source: &ClaimSource,
        store: &Store,
    ) -> Result<Live<Claims>, ApiError> {
        loop {
            match self.look(verified.claims(), source) {
                Check::Lives => return Ok(Live(verified)),
                Check::Refused(code) => return Err(code.into()),
                // In a place of its own, since it is rare. It settles the doubt or refuses.
                Check::Doubted(doubt) => {
                    Box::pin(self.settle(doubt, verified.claims(), source, store)).await?;
                }
            }
        }
    }

    fn look(&self, claims: &Claims, source: &ClaimSource) -> Check {
        let known = self.read();
        if known.ended.contains_key(&claims.sid) {
            return Check::Refused(ErrorCode::SessionEnded);
        }
        match known.accounts.get(&claims.sub) {
            None => {}
            Some(Account { now: None, .. }) => return Check::Refused(ErrorCode::SessionEnded),
            Some(Account { now: Some(account), .. })
                if is_as_the_token_says(account, claims, source) => {}
            Some(Account { heard, .. }) => return Check::Doubted(Doubt::Account(*heard)),
        }
        match &known.everyone {
            Some(everyone) if !everyone.living.contains(&claims.sid) => {
                Check::Doubted(Doubt::Session(everyone.heard))
            }
            _ => Check::Lives,
        }
    }

    /// Asks the database. What it says is noted only if nothing was heard of the same meanwhile,
    /// since that may be newer; then the caller looks again.
    async fn settle(
        &self,
        doubt: Doubt,
        claims: &Claims,
        source: &ClaimSource,
        store: &Store,
    ) -> Result<(), ApiError> {
        match doubt {
            Doubt::Account(heard) => {
                let now = store.user(&claims.sub).await?.map(UserRow::user).transpose()?;
                let is_as_it_says =
                    now.as_ref().is_some_and(|now| is_as_the_token_says(now, claims, source));
                if !is_as_it_says {
                    return Err(ErrorCode::TokenOutdated.into());
                }
                let mut known = self.write();
                let account = known.accounts.get_mut(&claims.sub);
                if let Some(account) = account.filter(|account| account.heard == heard) {
                    account.now = now;
                }
            }
            Doubt::Session(heard) => {
                if !store.session_lives(&claims.sid).await? {
                    return Err(ErrorCode::SessionEnded.into());
                }
                let mut known = self.write();
                let everyone = known.everyone.as_mut();
                if let Some(everyone) = everyone.filter(|everyone| everyone.heard == heard) {
                    everyone.living.insert(claims.sid.clone());
                }
            }
        }
        Ok(())
    }

    /// Takes note at once of sessions that this process ended.
    pub(crate) fn sessions_ended<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a String>,
        monotonic: i64,
    ) {
        let mut known = self.write();
        for id in ids {
            known.ended.insert(id.clone(), monotonic);
        }
    }

    /// Takes note of what others ended and changed, and says what else is to be read for it.
    pub(crate) fn apply(&self, changes: Vec<Change>, monotonic: i64) -> Applied {
        let mut applied = Applied::default();
        if changes.is_empty() {
            return applied;
        }
        let mut known = self.write();
        for change in changes {
            known.heard += 1;
            let heard = known.heard;
            match change {
                Change::SessionEnded(id) => {
                    known.ended.entry(id).or_insert(monotonic);
                }
                Change::AccountChanged { id, account } => {
                    let account = Account { heard_at: monotonic, heard, now: account };
                    known.accounts.insert(id, account);
                }
                Change::EveryoneEnded => {
                    let living = HashSet::new();
                    known.everyone = Some(Everyone { heard_at: monotonic, heard, living });
                }
                Change::KeysChanged => applied.keys = true,
                Change::Unknown(kind) => {
                    applied.unknown.insert(kind);
                }
            }
        }
        applied
    }

    /// Forgets what can no longer matter.
    pub(crate) fn forget(&self, monotonic: i64) {
        let matters = |heard_at: i64| heard_at > monotonic - MEMORY_MILLIS;
        let mut known = self.write();
        known.ended.retain(|_, heard_at| matters(*heard_at));
        known.accounts.retain(|_, account| matters(account.heard_at));
        known.everyone.take_if(|everyone| !matters(everyone.heard_at));
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is to be read because of changes that were applied.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Applied {
    /// The keys.
    pub(crate) keys: bool,
    /// Everything, for the sake of changes of these kinds that this version does not know.
    pub(crate) unknown: HashSet<String>,
}

/// By value, never by time: two changes within a second are still two.
fn is_as_the_token_says(account: &User, claims: &Claims, source: &ClaimSource) -> bool {
    account.username == claims.username
        && account.roles == claims.roles
        && source.of(account) == claims.custom
}
