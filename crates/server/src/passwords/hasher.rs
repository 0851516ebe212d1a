use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use carnet_shared::Secret;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::costs::{Cost, Costs};
use super::guessable::is_too_easy;
use super::memory::Memory;
use super::workers::{Place, Workers};
use crate::random::Random;
use crate::request::RoomForPassword;
use crate::settings::PasswordSettings;

/// How long a password may wait for its turn, where the cost is higher than the queue is meant for.
/// A caller would give up by then anyway.
const PATIENCE: Duration = Duration::from_secs(5);

/// Judges, hashes and checks passwords on threads of their own, a few at a time: each of that takes
/// milliseconds, in which an async thread would serve nobody.
#[derive(Debug)]
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    costs: Arc<Costs>,
    workers: Workers,
    random: Arc<dyn Random>,
}

/// What came of a new password.
#[derive(Debug)]
pub(crate) enum NewHash {
    /// Its PHC string.
    Hash(Secret),
    /// It is too easy to guess and was not hashed.
    TooEasy,
}

/// What a check said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The password is right.
    Right,
    /// It is right, and its hash has another cost than new ones get.
    RightButOutdated,
    /// It is wrong, or there is no account.
    Wrong,
}

/// Why a password was not looked at.
#[derive(Debug, Error)]
pub enum HasherError {
    /// Too many wait already.
    #[error("too many passwords are being checked")]
    Busy,
    /// Argon2 or its thread failed.
    #[error("hashing failed: {0}")]
    Failed(String),
}

impl Passwords {
    /// A hasher with the cost that the settings ask for.
    ///
    /// # Errors
    /// When Argon2 refuses the cost.
    pub(crate) fn new(
        settings: &PasswordSettings,
        random: Arc<dyn Random>,
    ) -> Result<Self, HasherError> {
        let cost =
            Params::new(settings.memory_kib, settings.iterations, settings.parallelism, None);
        let cost = cost.map_err(|error| HasherError::Failed(error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
        // Argon2 may refuse a cost only when it is used.
        hash(&argon2, &Secret::new(random.text()), &random.bytes(), &mut Memory::default())?;
        let costs = Arc::new(Costs::new(Cost::of(argon2.params())));
        let workers = Workers::start(usize::try_from(settings.max_concurrent).unwrap_or(1))?;
        Ok(Self { argon2, costs, workers, random })
    }

    /// Whether too many wait at this moment.
    pub(crate) fn are_busy(&self) -> bool {
        self.workers.are_busy()
    }

    /// Takes into account that accounts have hashes of another cost, each given as the beginning of
    /// a PHC string.
    pub(crate) fn learn_costs(&self, hashes: &[String]) {
        for cost in hashes.iter().filter_map(|hash| Cost::parse(hash)) {
            self.costs.learn(cost);
        }
    }

    /// Takes a place in the queue.
    ///
    /// # Errors
    /// When too many wait.
    pub(crate) fn place(&self, _: &RoomForPassword) -> Result<Place, HasherError> {
        self.workers.place()
    }

    /// Judges a new password by what is known of its owner and hashes it into a PHC string.
    ///
    /// # Errors
    /// When the turn does not come in time or Argon2 fails.
    pub(crate) async fn hash_new(
        &self,
        place: Place,
        password: &Secret,
        known: Vec<Secret>,
    ) -> Result<NewHash, HasherError> {
        let (argon2, password, salt) = (self.argon2.clone(), password.clone(), self.random.bytes());
        let work = move |memory: &mut Memory| {
            if is_too_easy(&password, &known) {
                return Ok(NewHash::TooEasy);
            }
            hash(&argon2, &password, &salt, memory).map(NewHash::Hash)
        };
        self.run(place, work).await
    }

    /// Hashes a password that somebody has already, at the cost of the settings.
    ///
    /// # Errors
    /// When the turn does not come in time or Argon2 fails.
    pub(crate) async fn hash_again(
        &self,
        place: Place,
        password: &Secret,
    ) -> Result<Secret, HasherError> {
        let (argon2, password, salt) = (self.argon2.clone(), password.clone(), self.random.bytes());
        self.run(place, move |memory| hash(&argon2, &password, &salt, memory)).await
    }

    /// Checks a password against a hash, or against none where nobody may sign in.
    ///
    /// # Errors
    /// When the turn does not come in time or Argon2 fails.
    pub(crate) async fn check(
        &self,
        place: Place,
        password: &Secret,
        hash: Option<&Secret>,
    ) -> Result<Verdict, HasherError> {
        let (argon2, costs) = (self.argon2.clone(), Arc::clone(&self.costs));
        let (password, hash) = (password.clone(), hash.cloned());
        let check = Check { argon2, costs, password };
        self.run(place, move |memory| check.against(hash.as_ref(), memory)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce(&mut Memory) -> Result<T, HasherError> + Send + 'static,
    ) -> Result<T, HasherError> {
        let done = tokio::time::timeout(PATIENCE, self.workers.run(place, work)).await;
        done.unwrap_or(Err(HasherError::Busy))
    }
}

fn hash(
    argon2: &Argon2<'_>,
    password: &Secret,
    salt: &[u8; 16],
    memory: &mut Memory,
) -> Result<Secret, HasherError> {
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(argon2.params()).map_err(failed)?,
        salt: Some(Salt::new(salt).map_err(failed)?),
        hash: Some(fill(argon2, password, salt, memory)?),
    };
    Ok(Secret::new(hash.to_string()))
}

/// A password to be checked.
struct Check {
    argon2: Argon2<'static>,
    costs: Arc<Costs>,
    password: Secret,
}

impl Check {
    fn against(&self, hash: Option<&Secret>, memory: &mut Memory) -> Result<Verdict, HasherError> {
        let mut spent = None;
        if let Some(hash) = hash {
            let hash = PasswordHash::new(hash.expose()).map_err(failed)?;
            if let (Some(theirs), Some(salt), Some(expected)) =
                (made_by(&hash), &hash.salt, &hash.hash)
            {
                let cost = Cost::of(theirs.params());
                self.costs.learn(cost);
                spent = Some(cost);
                // Two outputs are compared in constant time.
                if fill(&theirs, &self.password, salt, memory)? == *expected {
                    return Ok(self.right(&hash, cost));
                }
            }
        }
        self.refuse(spent, memory)
    }

    fn right(&self, hash: &PasswordHash, cost: Cost) -> Verdict {
        let is_current =
            hash.algorithm == Algorithm::Argon2id.ident() && cost == Cost::of(self.argon2.params());
        if is_current { Verdict::Right } else { Verdict::RightButOutdated }
    }

    /// Spends what a hash of any other cost would have taken.
    fn refuse(&self, spent: Option<Cost>, memory: &mut Memory) -> Result<Verdict, HasherError> {
        const SALT: [u8; 16] = [0; 16];
        for argon2 in self.costs.besides(spent).into_iter().filter_map(Cost::argon2) {
            fill(&argon2, &self.password, &SALT, memory)?;
        }
        Ok(Verdict::Wrong)
    }
}

/// What made this hash; none where Argon2 did not.
fn made_by(hash: &PasswordHash) -> Option<Argon2<'static>> {
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
    Some(Argon2::new(algorithm, version, Params::try_from(hash).ok()?))
}

/// Runs Argon2 in memory that may have been used before: its first pass writes all of it.
fn fill(
    argon2: &Argon2<'_>,
    password: &Secret,
    salt: &[u8],
    memory: &mut Memory,
) -> Result<Output, HasherError> {
    let memory = memory.blocks(argon2.params().block_count());
    let length = argon2.params().output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let mut output = vec![0; length];
    let password = normalized(password);
    let password = password.expose().as_bytes();
    let filled = argon2.hash_password_into_with_memory(password, salt, &mut output, memory);
    filled.map_err(failed)?;
    Output::new(&output).map_err(failed)
}

fn failed(error: impl Display) -> HasherError {
    HasherError::Failed(error.to_string())
}

/// The same letter can be typed as one character or as two; NFC makes one of both.
fn normalized(password: &Secret) -> Secret {
    Secret::new(password.expose().nfc().collect::<String>())
}

#[cfg(test)]
mod tests;
