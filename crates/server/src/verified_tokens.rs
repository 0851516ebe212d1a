use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use aws_lc_rs::digest::{SHA256, digest};
use carnet_shared::Claims;
use carnet_verify::{MAX_TOKEN_LENGTH, Verified};

/// Tokens that are kept at most. One takes about a kilobyte and a half.
const MOST: usize = 20_000;

/// Tokens of one session that are kept: the present one, and the one before it in other tabs.
const MOST_OF_SESSION: usize = 2;

/// Names a token: SHA-256 of all of it, so that only the same bytes are found again and what lies
/// in memory lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TokenName([u8; 32]);

impl TokenName {
    /// `None` for what is too long to be a token.
    pub(crate) fn of(token: &str) -> Option<Self> {
        if token.len() > MAX_TOKEN_LENGTH {
            return None;
        }
        digest(&SHA256, token.as_bytes()).as_ref().try_into().ok().map(Self)
    }
}

/// Access tokens that passed the whole pipeline, so that the signature of one is checked once.
/// Finding one says nothing of its key, its time, its session and its account: they are looked at
/// every time. When there is room for no more, further tokens are verified each time until others
/// have expired: who floods it with tokens puts nobody's out.
#[derive(Debug)]
pub(crate) struct VerifiedTokens {
    most: usize,
    kept: RwLock<Kept>,
}

impl Default for VerifiedTokens {
    fn default() -> Self {
        Self { most: MOST, kept: RwLock::default() }
    }
}

#[derive(Debug, Default)]
struct Kept {
    by_name: HashMap<TokenName, Arc<Verified<Claims>>>,
    /// By session id, the oldest first.
    of_session: HashMap<String, Vec<TokenName>>,
}

impl VerifiedTokens {
    /// What was verified of this token.
    pub(crate) fn find(&self, name: &TokenName) -> Option<Arc<Verified<Claims>>> {
        self.read().by_name.get(name).cloned()
    }

    /// Keeps what was verified, in the place of the oldest of the session if it has two.
    pub(crate) fn keep(&self, name: TokenName, verified: Arc<Verified<Claims>>) {
        let mut kept = self.write();
        let Kept { by_name, of_session } = &mut *kept;
        let names = of_session.get_mut(&verified.claims().sid);
        if by_name.contains_key(&name) {
            return;
        }
        match names {
            Some(names) if names.len() >= MOST_OF_SESSION => {
                by_name.remove(&names.remove(0));
                names.push(name);
            }
            _ if by_name.len() >= self.most => return,
            Some(names) => names.push(name),
            None => {
                of_session.insert(verified.claims().sid.clone(), vec![name]);
            }
        }
        by_name.insert(name, verified);
    }

    /// Forgets the tokens that have expired. Whoever does nothing takes no room.
    pub(crate) fn forget_expired(&self, now: i64) {
        let mut kept = self.write();
        let Kept { by_name, of_session } = &mut *kept;
        let count = by_name.len();
        by_name.retain(|_, verified| verified.claims().exp > now);
        if by_name.len() < count {
            of_session.retain(|_, names| {
                names.retain(|name| by_name.contains_key(name));
                !names.is_empty()
            });
            by_name.shrink_to(by_name.len() * 2);
            of_session.shrink_to(of_session.len() * 2);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Kept> {
        self.kept.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
