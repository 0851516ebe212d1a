use carnet_shared::{Attempt, Secret, User};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::edges::{Edges, Store};

const EPOCH: &str = "carnet.epoch";
const RECORD: &str = "carnet.session";
const TOKENS: &str = "carnet.tokens";

/// What all tabs know of the session, whatever the deployment keeps its tokens in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Record {
    /// The session's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The refresh that was begun, and of which no answer was saved so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Attempt>,
    /// The attempt of the last answer that was saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Attempt>,
}

impl Record {
    fn is_sound(&self) -> bool {
        let attempts = [&self.attempt, &self.previous];
        attempts.into_iter().flatten().all(|attempt| Attempt::parse(attempt.as_str()).is_ok())
    }
}

/// Tokens as they are stored, and as tabs hand them to each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tokens {
    /// The session that they belong to.
    pub session: String,
    /// For the `Authorization` header.
    pub access_token: Secret,
    /// How long it is valid, from `received_at` on.
    pub lifetime_ms: i64,
    /// When it came, by the device's own clock: that clock may be wrong by any amount.
    pub received_at: i64,
    /// Only with body delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// Whose session it is.
    pub user: User,
}

/// What was found in the storages at one moment.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// How often somebody has signed out in this browser.
    pub epoch: u64,
    /// What all tabs know.
    pub record: Record,
    /// This tab's tokens, or all tabs'.
    pub tokens: Option<Tokens>,
    /// What could not be read and was removed, by its name in the storage.
    pub discarded: Vec<&'static str>,
}

/// One change of what is stored.
#[derive(Debug, Clone)]
pub enum Save {
    /// The sign-out epoch.
    Epoch(u64),
    /// What all tabs know; a blank record is removed.
    Record(Record),
    /// The tokens; `None` forgets them.
    Tokens(Option<Box<Tokens>>),
}

pub(crate) fn load(edges: &Edges) -> Stored {
    let mut discarded = Vec::new();
    let record = read(&*edges.shared, RECORD, Record::is_sound, &mut discarded);
    let epoch = read(&*edges.shared, EPOCH, |_| true, &mut discarded);
    let tokens = read(&*edges.tokens, TOKENS, |_| true, &mut discarded);
    Stored {
        epoch: epoch.unwrap_or_default(),
        record: record.unwrap_or_default(),
        tokens,
        discarded,
    }
}

pub(crate) fn save(edges: &Edges, change: &Save) {
    match change {
        Save::Epoch(epoch) => write(&*edges.shared, EPOCH, epoch),
        Save::Record(record) if *record == Record::default() => edges.shared.remove(RECORD),
        Save::Record(record) => write(&*edges.shared, RECORD, record),
        Save::Tokens(Some(tokens)) => write(&*edges.tokens, TOKENS, tokens),
        Save::Tokens(None) => edges.tokens.remove(TOKENS),
    }
}

/// A value that cannot be read was written by something else, or by another version: it goes.
fn read<T: DeserializeOwned>(
    store: &dyn Store,
    key: &'static str,
    is_sound: impl FnOnce(&T) -> bool,
    discarded: &mut Vec<&'static str>,
) -> Option<T> {
    let text = store.get(key)?;
    let value = serde_json::from_str(&text).ok().filter(is_sound);
    if value.is_none() {
        store.remove(key);
        discarded.push(key);
    }
    value
}

fn write<T: Serialize>(store: &dyn Store, key: &str, value: &T) {
    if let Ok(text) = serde_json::to_string(value) {
        store.set(key, &text);
    }
}
