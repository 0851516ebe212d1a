use carnet_shared::PasswordPolicy;

use super::{Reader, SettingError};

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
        argon2::Params::new(settings.memory_kib, settings.iterations, settings.parallelism, None)
            .map_err(|error| {
            SettingError::new("passwords.memory_kib, iterations, parallelism", error.to_string())
        })?;
        Ok(settings)
    }

    /// What a new password must be like.
    pub fn policy(&self) -> PasswordPolicy {
        PasswordPolicy { min_length: usize::try_from(self.min_length).unwrap_or(usize::MAX) }
    }
}
