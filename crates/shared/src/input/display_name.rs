use serde::Serialize;

use super::field_code::FieldCode;

/// What to call a person: any text of at most 100 characters on one line, trimmed; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct DisplayName(String);

impl DisplayName {
    /// Reads a name.
    ///
    /// # Errors
    /// `TooLong`, or `Invalid` when it has control characters or ones that turn the direction of
    /// the text around it.
    pub fn parse(text: &str) -> Result<Self, FieldCode> {
        let name = text.trim();
        if name.chars().count() > 100 {
            return Err(FieldCode::TooLong);
        }
        if name.chars().any(is_disruptive) {
            return Err(FieldCode::Invalid);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_disruptive(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_anything_that_people_are_called() {
        for text in ["Ada", "Augusta Ada King-Noel, Countess of Lovelace", "李小龍", "Zoë 🎩", ""]
        {
            assert_eq!(DisplayName::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_name_that_disturbs_the_text_around_it_is_refused() {
        for text in ["A\u{0}da", "Ada\nadmin", "\u{202e}adA", "A\u{200b}da"] {
            assert_eq!(DisplayName::parse(text), Err(FieldCode::Invalid), "{text:?}");
        }
    }

    #[test]
    fn a_name_of_101_characters_is_too_long() {
        assert!(DisplayName::parse(&"é".repeat(100)).is_ok());
        assert_eq!(DisplayName::parse(&"é".repeat(101)), Err(FieldCode::TooLong));
    }
}
