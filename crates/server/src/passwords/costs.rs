use std::sync::{PoisonError, RwLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};

/// The most costs that a refusal makes up for. Operators change the cost every few years.
const MOST: usize = 8;

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
}

impl Cost {
    pub(super) fn of(params: &Params) -> Self {
        Self {
            memory_kib: params.m_cost(),
            iterations: params.t_cost(),
            parallelism: params.p_cost(),
        }
    }

    /// The cost of a PHC string, with or without its salt and hash.
    pub(super) fn parse(phc: &str) -> Option<Self> {
        let hash = PasswordHash::new(phc.trim_end_matches('$')).ok()?;
        Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        Some(Self::of(&Params::try_from(&hash).ok()?))
    }

    /// What hashes at this cost.
    pub(super) fn argon2(self) -> Option<Argon2<'static>> {
        let params = Params::new(self.memory_kib, self.iterations, self.parallelism, None).ok()?;
        Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

/// The costs that the hashes of this deployment have: that of the settings, and those of accounts
/// whose owner has not signed in since it was changed. A refusal spends each of them once, whether
/// there is an account and however old it is, so that its time tells neither.
#[derive(Debug)]
pub(super) struct Costs(RwLock<Vec<Cost>>);

impl Costs {
    pub(super) fn new(of_settings: Cost) -> Self {
        Self(RwLock::new(vec![of_settings]))
    }

    /// Adds the cost of an account's hash.
    pub(super) fn learn(&self, cost: Cost) {
        let is_known = |costs: &[Cost]| costs.len() >= MOST || costs.contains(&cost);
        if is_known(&self.0.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut costs = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !is_known(&costs) {
            costs.push(cost);
        }
    }

    /// The costs that a refusal still has to spend after a hash of this cost, or after none.
    pub(super) fn besides(&self, spent: Option<Cost>) -> Vec<Cost> {
        let costs = self.0.read().unwrap_or_else(PoisonError::into_inner);
        costs.iter().copied().filter(|cost| Some(*cost) != spent).collect()
    }
}
