use carnet_shared::PasswordPolicy;

use super::{Reader, SettingError};

/// The least costs that OWASP's Password Storage Cheat Sheet accepts for Argon2id, all of about the
/// same strength: memory in KiB, and passes.
const LEAST_COSTS: [(u32, u32); 5] =
    [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];

/// `[passwords]`
#[derive(Debug, Clone, Copy)]
pub struct PasswordSettings {
    /// Characters that a new password needs; 15 by default, never below 8.
    pub min_length: u32,
    /// Argon2's memory in KiB; 19 456 by default (OWASP's first choice with two passes).
    pub memory_kib: u32,
    /// Argon2's passes; 2 by default.
    pub iterations: u32,
    /// Argon2's lanes; 1 by default.
    pub parallelism: u32,
    /// Passwords that are hashed at the same time; one for each core by default.
    pub max_concurrent: u32,
}

impl PasswordSettings {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, SettingError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let settings = Self {
            min_length: reader.or("passwords.min_length", 15)?,
            memory_kib: reader.or("passwords.memory_kib", 19_456)?,
            iterations: reader.or("passwords.iterations", 2)?,
            parallelism: reader.or("passwords.parallelism", 1)?,
            max_concurrent: reader
                .or("passwords.max_concurrent", u32::try_from(cores).unwrap_or(1))?,
        };
        if !(8..=128).contains(&settings.min_length) {
            return Err(SettingError::new("passwords.min_length", "must be between 8 and 128"));
        }
        if settings.max_concurrent == 0 {
            return Err(SettingError::new("passwords.max_concurrent", "must be at least 1"));
        }
        settings.require_cost()?;
        argon2::Params::new(settings.memory_kib, settings.iterations, settings.parallelism, None)
            .map_err(|error| {
            SettingError::new("passwords.memory_kib, iterations, parallelism", error.to_string())
        })?;
        Ok(settings)
    }

    /// A cheaper hash can be guessed too quickly when the database leaks.
    fn require_cost(&self) -> Result<(), SettingError> {
        let is_enough = |(memory, passes)| self.memory_kib >= memory && self.iterations >= passes;
        if LEAST_COSTS.into_iter().any(is_enough) {
            return Ok(());
        }
        let costs = LEAST_COSTS.map(|(memory, passes)| format!("{memory} and {passes}"));
        Err(SettingError::new(
            "passwords.memory_kib, iterations",
            format!("must be at least {}", costs.join(", or ")),
        ))
    }

    /// What a new password must be like.
    pub fn policy(&self) -> PasswordPolicy {
        PasswordPolicy { min_length: usize::try_from(self.min_length).unwrap_or(usize::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use toml::Value;

    use super::*;

    fn read(memory_kib: i64, iterations: i64) -> Result<PasswordSettings, SettingError> {
        let mut reader = Reader::default();
        reader.set("passwords.memory_kib", Value::Integer(memory_kib));
        reader.set("passwords.iterations", Value::Integer(iterations));
        PasswordSettings::read(&mut reader)
    }

    #[test]
    fn a_cost_below_each_of_the_least_ones_is_refused() {
        for (memory, passes) in LEAST_COSTS {
            let (memory, passes) = (i64::from(memory), i64::from(passes));
            assert!(read(memory, passes).is_ok() && read(memory + 1, passes + 1).is_ok());
            assert!(read(memory - 1, passes).is_err() && read(memory, passes - 1).is_err());
        }
        assert!(read(8, 1).is_err() && read(8, 1_000).is_err());
        let problem = read(8, 1).unwrap_err().to_string();
        assert!(problem.contains("19456 and 2"), "{problem}");
    }
}
