use serde::Serialize;

use super::field_code::FieldCode;

/// An e-mail address in the form in which it is stored and compared: trimmed and lower-cased.
///
/// Only plain ASCII addresses are taken, so that no two accounts look alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Reads an address of at most 254 characters (RFC 5321 §4.5.3.1).
    ///
    /// # Errors
    /// `Missing`, `TooLong` or `Invalid`.
    pub fn parse(text: &str) -> Result<Self, FieldCode> {
        let address = text.trim().to_ascii_lowercase();
        if address.is_empty() {
            return Err(FieldCode::Missing);
        }
        if address.len() > 254 {
            return Err(FieldCode::TooLong);
        }
        let (local, domain) = address.split_once('@').ok_or(FieldCode::Invalid)?;
        let local_is_good = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.bytes().all(is_local_byte);
        if local_is_good && is_domain(domain) { Ok(Self(address)) } else { Err(FieldCode::Invalid) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split('@').next().unwrap_or_default()
    }
}

fn is_local_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_domain(domain: &str) -> bool {
    domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_trimmed_and_lower_cased() {
        assert_eq!(Email::parse(" Ada@Example.ORG ").unwrap().as_str(), "ada@example.org");
    }

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        for text in [
            "ada",
            "@example.org",
            "ada@",
            "ada@example",
            "a b@example.org",
            "ada@exa mple.org",
            "ada@@example.org",
            "ada@example..org",
            ".ada@example.org",
            "ad\0a@example.org",
            "ada@-example.org",
            "аda@example.org",
            "ada@example.org\r\nbcc: eve",
        ] {
            assert_eq!(Email::parse(text), Err(FieldCode::Invalid), "{text:?}");
        }
    }

    #[test]
    fn an_address_of_255_characters_is_too_long() {
        let text = format!("ada@{}.org", "a.".repeat(124));
        assert_eq!(Email::parse(&text), Err(FieldCode::TooLong));
    }
}
