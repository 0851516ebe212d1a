use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How often each decision about a refresh was made, by name.
#[derive(Debug, Default)]
pub(crate) struct DecisionCounts(Mutex<BTreeMap<&'static str, u64>>);

impl DecisionCounts {
    /// One more.
    pub(crate) fn count(&self, decision: &'static str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(decision).or_default() += 1;
    }

    /// All of them.
    pub(crate) fn all(&self) -> BTreeMap<&'static str, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
