use serde::Serialize;

use super::field_code::FieldCode;

/// A username: 3 to 32 of `a`–`z`, digits, dot, underscore and dash, lower-cased. Never an `@`, so
/// that one sign-in field takes either a username or an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Username(String);

impl Username {
    /// Reads a username.
    ///
    /// # Errors
    /// `Missing`, `TooShort`, `TooLong` or `Invalid`.
    pub fn parse(text: &str) -> Result<Self, FieldCode> {
        let username = text.trim().to_ascii_lowercase();
        let is_allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        match username.chars().count() {
            0 => Err(FieldCode::Missing),
            _ if !username.bytes().all(is_allowed) => Err(FieldCode::Invalid),
            1..3 => Err(FieldCode::TooShort),
            33.. => Err(FieldCode::TooLong),
            _ => Ok(Self(username)),
        }
    }

    /// The username.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_is_lower_cased() {
        assert_eq!(Username::parse(" Ada.Lovelace ").unwrap().as_str(), "ada.lovelace");
    }

    #[test]
    fn a_username_has_3_to_32_characters() {
        assert_eq!(Username::parse("ab"), Err(FieldCode::TooShort));
        assert!(Username::parse("abc").is_ok());
        assert!(Username::parse(&"a".repeat(32)).is_ok());
        assert_eq!(Username::parse(&"a".repeat(33)), Err(FieldCode::TooLong));
    }

    #[test]
    fn a_username_that_could_be_an_address_or_look_like_another_is_refused() {
        for text in ["ada@home", "ada lovelace", "аda", "ada\u{200b}", "ada/..", "ada\0"] {
            assert_eq!(Username::parse(text), Err(FieldCode::Invalid), "{text:?}");
        }
    }
}
