use serde::Serialize;

use super::field_code::FieldCode;

/// What to call a person: any text of at most 100 characters on one line, trimmed, with something
/// that can be seen; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct DisplayName(String);

impl DisplayName {
    /// Reads a name. The marks that isolate the direction of a text are taken away: programs put
    /// them around names that are copied.
    ///
    /// # Errors
    /// `TooLong`, or `Invalid` when it has control characters or ones that turn the direction of
    /// the text around it, or when nothing of it can be seen.
    pub fn parse(text: &str) -> Result<Self, FieldCode> {
        let name: String = text.chars().filter(|character| !is_isolate(*character)).collect();
        let name = name.trim();
        if name.chars().count() > 100 {
            return Err(FieldCode::TooLong);
        }
        if name.chars().any(is_disruptive) {
            return Err(FieldCode::Invalid);
        }
        if !name.is_empty() && name.chars().all(is_invisible) {
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
    character.is_control() || matches!(character, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{feff}')
}

fn is_isolate(character: char) -> bool {
    matches!(character, '\u{2066}'..='\u{2069}')
}

/// Whether nothing is drawn for it: spaces, the blank of Braille, and what Unicode calls
/// `Default_Ignorable_Code_Point` (DerivedCoreProperties.txt), fillers and joiners among it.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
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
    fn a_name_of_which_nothing_can_be_seen_is_refused() {
        for text in ["\u{3164}", "\u{3164} \u{115f}", "\u{2800}", "\u{ad}", "\u{200d}\u{fe0f}"] {
            assert_eq!(DisplayName::parse(text), Err(FieldCode::Invalid), "{text:?}");
        }
        assert_eq!(DisplayName::parse("A\u{3164}").unwrap().as_str(), "A\u{3164}");
    }

    #[test]
    fn the_isolates_around_a_name_that_was_copied_are_taken_away() {
        for text in ["\u{2068}Ada\u{2069}", " \u{2067}Ada\u{2069} ", "A\u{2066}da"] {
            assert_eq!(DisplayName::parse(text).unwrap().as_str(), "Ada");
        }
        assert_eq!(DisplayName::parse("\u{2068}\u{2069}").unwrap().as_str(), "");
    }

    #[test]
    fn a_name_of_101_characters_is_too_long() {
        assert!(DisplayName::parse(&"é".repeat(100)).is_ok());
        assert_eq!(DisplayName::parse(&"é".repeat(101)), Err(FieldCode::TooLong));
    }
}
