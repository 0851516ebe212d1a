//! What people read, in their language. The server has the languages; a page has the one table that it
//! needs, so the browser's code contains no text.

mod key;
#[cfg(feature = "ssr")]
mod language;

use leptos::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::key::Text;
#[cfg(feature = "ssr")]
pub use self::language::{Language, LanguageError, Missing};

/// Stands between the forms of a text with a number. No text has it, as each is one line.
const BETWEEN_FORMS: char = '\u{1f}';

/// All texts in one language. A table lives as long as the program: the server has one for each language,
/// and a page in a browser has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts(&'static Table);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Table {
    /// The language's tag (RFC 5646), for `lang`.
    language: &'static str,
    /// Which form goes with a number: a digit for each number below 200, the last one for all that follow.
    /// From 100 on, the last two digits decide. That is so in every language for the numbers that occur here.
    forms: &'static str,
    /// By the number of their [`Text`].
    texts: Vec<&'static str>,
}

impl Default for Texts {
    /// No texts at all.
    fn default() -> Self {
        static EMPTY: Table = Table { language: "", forms: "", texts: Vec::new() };
        Self(&EMPTY)
    }
}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_lines())
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from_lines)
    }
}

impl Texts {
    /// Reads what [`Texts::to_lines`] has written. It is kept for as long as the program runs.
    pub fn from_lines(lines: String) -> Self {
        let mut lines = String::leak(lines).split('\n');
        let (language, forms) =
            (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        Self(Box::leak(Box::new(Table { language, forms, texts: lines.collect() })))
    }

    /// Writes the table, one text in a line.
    pub fn to_lines(self) -> String {
        let Table { language, forms, texts } = self.0;
        [&[*language, *forms][..], texts].concat().join("\n")
    }

    /// The language's tag (RFC 5646), such as `de`.
    pub fn language(self) -> &'static str {
        self.0.language
    }

    /// A text as it is. One that is not in the table is empty.
    pub fn get(self, text: Text) -> &'static str {
        self.0.texts.get(text as usize).copied().unwrap_or_default()
    }

    /// A text with its gaps filled in: `("name", "Ada")` takes the place of `{name}`.
    pub fn fill(self, text: Text, gaps: &[(&str, &str)]) -> String {
        fill(self.get(text), gaps)
    }

    /// A text in the form that goes with a number, which takes the place of `{count}`.
    pub fn count(self, text: Text, count: u64) -> String {
        self.count_and_fill(text, count, &[])
    }

    /// As [`Texts::count`], with other gaps filled in too.
    pub fn count_and_fill(self, text: Text, count: u64, gaps: &[(&str, &str)]) -> String {
        let forms: Vec<&str> = self.get(text).split(BETWEEN_FORMS).collect();
        let form = forms.get(self.form(count)).or(forms.last()).copied().unwrap_or_default();
        fill(&fill(form, &[("count", &count.to_string())]), gaps)
    }

    /// What stands before and after the gap of a text, for a link in the middle of a sentence.
    pub fn around_gap(self, text: Text) -> (&'static str, &'static str) {
        let text = self.get(text);
        next_gap(text).map_or((text, ""), |(before, _, after)| (before, after))
    }

    fn form(self, count: u64) -> usize {
        let number = if count < 100 { count } else { 100 + count % 100 };
        let forms = self.0.forms.as_bytes();
        let at = usize::try_from(number).ok().and_then(|number| forms.get(number));
        at.or(forms.last()).map_or(0, |digit| usize::from(digit.wrapping_sub(b'0')))
    }
}

fn fill(template: &str, gaps: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, name, after)) = next_gap(rest) {
        filled.push_str(before);
        match gaps.iter().find(|(gap, _)| *gap == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What stands before the next gap, its name, and what stands after it.
fn next_gap(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// The texts in the language of this page.
///
/// # Panics
/// Outside of [`CarnetProvider`](crate::CarnetProvider).
#[track_caller]
pub fn use_texts() -> Texts {
    use_context().expect(
        "use_texts() was called outside of <CarnetProvider>: put <CarnetProvider> around the app's root",
    )
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_filled_in_again() {
        let filled = fill("{a} and {b}, not {c}", &[("a", "{b}"), ("b", "{a}")]);
        assert_eq!(filled, "{b} and {a}, not {c}");
        assert_eq!(fill("{", &[("", "x")]), "{");
    }

    #[test]
    fn a_number_is_said_in_its_form() {
        let english = Language::english().texts();
        let said = |count| english.count(Text::DeviceCount, count);
        assert_eq!([0, 1, 2, 101].map(said), ["0 devices", "1 device", "2 devices", "101 devices"]);
        assert_eq!(english.count(Text::DeviceCount, u64::MAX), format!("{} devices", u64::MAX));
    }

    #[test]
    fn a_link_stands_where_the_language_puts_it() {
        let english = Language::english();
        let (before, after) = english.texts().around_gap(Text::CopyAdvice);
        assert!(before.ends_with("If you do not know why, "), "{before:?}");
        assert_eq!(after, ".");
    }

    #[test]
    fn a_table_that_lacks_a_text_shows_nothing_instead() {
        assert_eq!(Texts::default().get(Text::BusyText), "");
        assert_eq!(Texts::default().count(Text::DeviceCount, 3), "");
    }
}
