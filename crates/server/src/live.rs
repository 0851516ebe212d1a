use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use carnet_shared::{Claims, ErrorCode, User};
use carnet_verify::Verified;

use crate::store::{ChangeKind, Store, StoreError, UserRow};
use crate::tokens::ClaimSource;

/// For how long a change can matter to an access token: the longest lifetime of one, and a minute
/// for what was in flight.
const MEMORY_SECONDS: i64 = 16 * 60;

/// How far back a look at the changes reaches, for those that were committed late.
const OVERLAP_SECONDS: i64 = 60;

/// Claims whose token was verified, whose session lives, and whose account is as they say. Only
/// [`LiveState::check`] makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Live<T>(Arc<Verified<T>>);

impl<T> Deref for Live<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.claims()
    }
}

/// What is known of sessions and accounts beyond what tokens say: only what ended or changed within
/// the last quarter of an hour, so that memory does not grow with the number of sessions.
#[derive(Debug, Default)]
pub(crate) struct LiveState {
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// By session id, when it ended.
    ended: HashMap<String, i64>,
    /// By user id, when the account changed and what it is now; `None` when it is gone.
    accounts: HashMap<String, (i64, Option<User>)>,
    /// The changes that were applied.
    seen: HashSet<String>,
}

impl LiveState {
    /// Whether a verified token's session and account are still what it says.
    ///
    /// # Errors
    /// The code to answer with.
    pub(crate) fn check(
        &self,
        verified: Arc<Verified<Claims>>,
        source: &ClaimSource,
    ) -> Result<Live<Claims>, ErrorCode> {
        let claims = verified.claims();
        let known = self.read();
        if known.ended.contains_key(&claims.sid) {
            return Err(ErrorCode::SessionEnded);
        }
        match known.accounts.get(&claims.sub) {
            None => {}
            Some((_, None)) => return Err(ErrorCode::SessionEnded),
            Some((_, Some(account))) if is_as_the_token_says(account, claims, source) => {}
            Some((_, Some(_))) => return Err(ErrorCode::TokenOutdated),
        }
        drop(known);
        Ok(Live(verified))
    }

    /// Takes note at once of sessions that this process ended.
    pub(crate) fn sessions_ended<'a>(&self, ids: impl IntoIterator<Item = &'a String>, now: i64) {
        let mut known = self.write();
        for id in ids {
            known.ended.insert(id.clone(), now);
        }
    }

    /// Takes note of what others ended or changed, and forgets what can no longer matter. Says
    /// whether the keys are among it.
    ///
    /// # Errors
    /// When the database fails; what was known stays known.
    pub(crate) async fn catch_up(&self, store: &Store, now: i64) -> Result<bool, StoreError> {
        let keys_changed = self.apply_since(store, now - OVERLAP_SECONDS).await?;
        let mut known = self.write();
        known.ended.retain(|_, at| *at > now - MEMORY_SECONDS);
        known.accounts.retain(|_, (at, _)| *at > now - MEMORY_SECONDS);
        Ok(keys_changed)
    }

    /// Learns everything that can matter, for a process that starts.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn load(&self, store: &Store, now: i64) -> Result<(), StoreError> {
        self.apply_since(store, now - MEMORY_SECONDS).await.map(|_| ())
    }

    async fn apply_since(&self, store: &Store, since: i64) -> Result<bool, StoreError> {
        let mut keys_changed = false;
        let changes = store.changes_since(since).await?;
        let ids: HashSet<String> = changes.iter().map(|change| change.id.clone()).collect();
        for change in changes {
            if self.read().seen.contains(&change.id) {
                continue;
            }
            match change.kind {
                ChangeKind::SessionEnded(id) => {
                    self.write().ended.insert(id, change.at);
                }
                ChangeKind::AccountChanged(id) => {
                    let account = store.user(&id).await?.map(UserRow::user).transpose()?;
                    self.write().accounts.insert(id, (change.at, account));
                }
                ChangeKind::KeysChanged => keys_changed = true,
            }
        }
        self.write().seen = ids;
        Ok(keys_changed)
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By value, never by time: two changes within a second are still two.
fn is_as_the_token_says(account: &User, claims: &Claims, source: &ClaimSource) -> bool {
    account.username == claims.username
        && account.roles == claims.roles
        && source.of(account) == claims.custom
}
