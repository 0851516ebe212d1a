use serde::{Deserialize, Serialize};

use super::field_code::FieldCode;

/// Names one try to refresh: 128 random bits as 22 characters of base64url, written to storage
/// before the request is sent and repeated with every retry, so that a lost answer can be asked
/// for again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attempt(String);

impl Attempt {
    /// Reads an attempt.
    ///
    /// # Errors
    /// `Invalid` when it is anything but 22 characters of base64url.
    pub fn parse(text: &str) -> Result<Self, FieldCode> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if text.len() == 22 && text.bytes().all(is_allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(FieldCode::Invalid)
        }
    }

    /// The attempt as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_is_22_characters_of_base64url() {
        assert!(Attempt::parse("AAAAAAAAAAAAAAAAAAAA-_").is_ok());
        for text in
            ["", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAA+/", "%AAAAAAAAAAAAAAAAAAAA%"]
        {
            assert_eq!(Attempt::parse(text), Err(FieldCode::Invalid), "{text:?}");
        }
    }
}
