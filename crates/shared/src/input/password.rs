use serde::{Deserialize, Serialize};

use super::field_code::FieldCode;
use crate::Secret;

/// The longest password that is looked at, so that nobody can keep the hasher busy with one.
pub const MAX_PASSWORD_BYTES: usize = 1024;

/// What a new password must be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordPolicy {
    /// In characters (code points), 15 by default (NIST SP 800-63B-4 §3.1.1.2 for a single factor).
    pub min_length: usize,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min_length: 15 }
    }
}

/// A password that somebody chooses. There are no rules about kinds of characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct NewPassword(Secret);

impl NewPassword {
    /// Reads a password as it was typed: nothing is trimmed or cut.
    ///
    /// # Errors
    /// `Missing`, `TooShort` or `TooLong`.
    pub fn parse(text: &str, policy: PasswordPolicy) -> Result<Self, FieldCode> {
        if text.is_empty() {
            return Err(FieldCode::Missing);
        }
        if text.len() > MAX_PASSWORD_BYTES {
            return Err(FieldCode::TooLong);
        }
        if text.chars().count() < policy.min_length {
            return Err(FieldCode::TooShort);
        }
        Ok(Self(Secret::new(text)))
    }

    /// The password itself, for the hasher.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

/// Reads a password that is compared with the stored one, by no other rule than its size.
pub(crate) fn presented_password(text: &str) -> Result<Secret, FieldCode> {
    match text.len() {
        0 => Err(FieldCode::Missing),
        1..=MAX_PASSWORD_BYTES => Ok(Secret::new(text)),
        _ => Err(FieldCode::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters() {
        let policy = PasswordPolicy::default();
        assert_eq!(NewPassword::parse(&"é".repeat(14), policy), Err(FieldCode::TooShort));
        assert!(NewPassword::parse(&"é".repeat(15), policy).is_ok());
    }

    #[test]
    fn a_password_of_1024_bytes_is_taken_and_a_longer_one_is_not_cut() {
        let policy = PasswordPolicy::default();
        assert!(NewPassword::parse(&"x".repeat(1024), policy).is_ok());
        assert_eq!(NewPassword::parse(&"x".repeat(1025), policy), Err(FieldCode::TooLong));
    }
}
