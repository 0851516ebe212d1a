use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use carnet_shared::Secret;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::memory::Memory;
use super::workers::{Place, Workers};
use crate::random::Random;
use crate::settings::PasswordSettings;

/// How long a password waits for its turn, where hashing is made dearer than the queue is meant for.
/// Whoever waits longer would give up anyway.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hashes and checks passwords with Argon2id, away from the threads that serve, a few at a time.
#[derive(Debug)]
pub(crate) struct Passwords {
    argon2: Argon2<'static>,
    workers: Workers,
    random: Arc<dyn Random>,
    /// Checked where there is no account, so that its absence takes as long as a wrong password.
    nobody: Secret,
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
        let nobody =
            hash(&argon2, &Secret::new(random.text()), &random.bytes(), &mut Memory::default())?;
        let workers = Workers::start(usize::try_from(settings.max_concurrent).unwrap_or(1))?;
        Ok(Self { argon2, workers, random, nobody })
    }

    /// Whether too many wait at this moment.
    pub(crate) fn are_busy(&self) -> bool {
        self.workers.are_busy()
    }

    /// Takes a place in the queue, for whoever wants to know first that there is one.
    ///
    /// # Errors
    /// When too many wait.
    pub(crate) fn place(&self) -> Result<Place, HasherError> {
        self.workers.place()
    }

    /// Hashes a new password into a PHC string.
    ///
    /// # Errors
    /// When too many wait or Argon2 fails.
    pub(crate) async fn hash(&self, password: &Secret) -> Result<Secret, HasherError> {
        let (argon2, password, salt) = (self.argon2.clone(), password.clone(), self.random.bytes());
        self.run(self.place()?, move |memory| hash(&argon2, &password, &salt, memory)).await
    }

    /// Checks a password against a hash, or against nobody's.
    ///
    /// # Errors
    /// When the turn does not come in time or Argon2 fails.
    pub(crate) async fn check(
        &self,
        place: Place,
        password: &Secret,
        hash: Option<&Secret>,
    ) -> Result<Verdict, HasherError> {
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let is_somebody = hash.is_some();
        let hash = hash.unwrap_or(&self.nobody).clone();
        let verdict =
            self.run(place, move |memory| check(&argon2, &password, &hash, memory)).await?;
        Ok(if is_somebody { verdict } else { Verdict::Wrong })
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

fn check(
    argon2: &Argon2<'_>,
    password: &Secret,
    hash: &Secret,
    memory: &mut Memory,
) -> Result<Verdict, HasherError> {
    let hash = PasswordHash::new(hash.expose()).map_err(failed)?;
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else { return Ok(Verdict::Wrong) };
    let Some(theirs) = made_by(&hash) else { return Ok(Verdict::Wrong) };
    // Two outputs are compared in constant time.
    if fill(&theirs, password, salt, memory)? != *expected {
        return Ok(Verdict::Wrong);
    }
    let (cost, ours) = (theirs.params(), argon2.params());
    let is_current = hash.algorithm == Algorithm::Argon2id.ident()
        && (cost.m_cost(), cost.t_cost(), cost.p_cost())
            == (ours.m_cost(), ours.t_cost(), ours.p_cost());
    Ok(if is_current { Verdict::Right } else { Verdict::RightButOutdated })
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
mod tests {
    use argon2::PasswordHasher;

    use super::*;
    use crate::random::SystemRandom;

    fn passwords(memory_kib: u32) -> Passwords {
        let settings = PasswordSettings {
            min_length: 15,
            memory_kib,
            iterations: 1,
            parallelism: 1,
            max_concurrent: 1,
        };
        Passwords::new(&settings, Arc::new(SystemRandom)).unwrap()
    }

    #[tokio::test]
    async fn a_hash_is_an_argon2id_phc_string_with_a_salt_of_its_own() {
        let passwords = passwords(64);
        let secret = Secret::new("correct horse battery");
        let (one, two) =
            (passwords.hash(&secret).await.unwrap(), passwords.hash(&secret).await.unwrap());
        assert!(one.expose().starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", one.expose());
        assert_ne!(one, two);
    }

    #[tokio::test]
    async fn the_last_of_a_thousand_characters_counts() {
        let passwords = passwords(64);
        let hash = passwords.hash(&Secret::new("x".repeat(1000) + "a")).await.unwrap();
        let right = passwords
            .check(passwords.place().unwrap(), &Secret::new("x".repeat(1000) + "a"), Some(&hash))
            .await
            .unwrap();
        let wrong = passwords
            .check(passwords.place().unwrap(), &Secret::new("x".repeat(1000) + "b"), Some(&hash))
            .await
            .unwrap();
        assert_eq!((right, wrong), (Verdict::Right, Verdict::Wrong));
    }

    #[tokio::test]
    async fn a_letter_is_the_same_however_it_is_typed() {
        let passwords = passwords(64);
        let hash = passwords.hash(&Secret::new("caf\u{e9} au lait, twice")).await.unwrap();
        let typed = Secret::new("cafe\u{301} au lait, twice");
        assert_eq!(
            passwords.check(passwords.place().unwrap(), &typed, Some(&hash)).await.unwrap(),
            Verdict::Right
        );
    }

    /// Against the crate's own way, with memory that is new each time.
    #[test]
    fn used_memory_changes_nothing() {
        let cost = |memory_kib| Params::new(memory_kib, 2, 1, None).unwrap();
        let (salt, password) = ([7; 16], Secret::new("correct horse battery"));
        let mut memory = Memory::default();
        // The last is large enough for large pages.
        for memory_kib in [256, 64, 512, 64, 8192] {
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost(memory_kib));
            let ours = hash(&argon2, &password, &salt, &mut memory).unwrap();
            let theirs = argon2.hash_password_with_salt(password.expose().as_bytes(), &salt);
            assert_eq!(ours.expose(), theirs.unwrap().to_string());
            let verdict = check(&argon2, &password, &ours, &mut memory).unwrap();
            assert_eq!(verdict, Verdict::Right);
            let wrong = Secret::new("correct horse batterx");
            let verdict = check(&argon2, &wrong, &ours, &mut memory).unwrap();
            assert_eq!(verdict, Verdict::Wrong);
        }
    }

    #[tokio::test]
    async fn what_another_algorithm_made_is_nobodys_password() {
        let passwords = passwords(64);
        let foreign = "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E";
        let (place, foreign) = (passwords.place().unwrap(), Secret::new(foreign));
        let verdict = passwords.check(place, &Secret::new("x"), Some(&foreign)).await.unwrap();
        assert_eq!(verdict, Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_right_but_outdated() {
        let secret = Secret::new("correct horse battery");
        let hash = passwords(64).hash(&secret).await.unwrap();
        let verdict = {
            let passwords = passwords(128);
            passwords.check(passwords.place().unwrap(), &secret, Some(&hash)).await
        }
        .unwrap();
        assert_eq!(verdict, Verdict::RightButOutdated);
    }

    #[tokio::test]
    async fn nobody_has_a_right_password() {
        let passwords = passwords(64);
        let place = passwords.place().unwrap();
        let verdict = passwords.check(place, &Secret::new("x"), None).await.unwrap();
        assert_eq!(verdict, Verdict::Wrong);
    }
}
