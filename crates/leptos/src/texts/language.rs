use std::collections::BTreeMap;
use std::sync::LazyLock;

use icu_locale_core::{LanguageIdentifier, Locale};
use icu_plurals::{PluralCategory, PluralRules};
use serde::Deserialize;
use strum::VariantArray;
use thiserror::Error;

use super::{BETWEEN_FORMS, Table, Text, Texts};

/// A language that the server can speak: a whole table of texts.
#[derive(Debug, Clone, Copy)]
pub struct Language {
    all: Texts,
    /// Without the texts of Carnet's own pages.
    for_apps: Texts,
}

/// Texts that a file lacks. They are shown in English.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing(pub Vec<&'static str>);

/// Why a language cannot be read. It names the key and the fix.
#[derive(Debug, Error)]
pub enum LanguageError {
    /// The name of the file is no language tag.
    #[error("{0:?} is no language tag: name the file after one, such as `fr.toml` or `pt-BR.toml`")]
    Tag(String),
    /// The file is no TOML of texts.
    #[error("it cannot be read: {0}")]
    Syntax(String),
    /// There is no such text.
    #[error(
        "there is no text {0:?}: compare with the keys of the English file, languages/en.toml of carnet-leptos"
    )]
    UnknownKey(String),
    /// A text with a number lacks a form, or has one that its language does not know.
    #[error("{key}: write one form for each of {wanted}, as the plurals of this language are")]
    Forms {
        /// Which text.
        key: &'static str,
        /// The plural categories of the language.
        wanted: String,
    },
    /// A text without a number has forms.
    #[error("{0}: there is no number in this text, so write one text instead of several forms")]
    NoNumber(&'static str),
    /// A gap that nothing fills.
    #[error("{key}: nothing fills {gap} here; the English text has {known}")]
    UnknownGap {
        /// Which text.
        key: &'static str,
        /// The gap, with its braces.
        gap: String,
        /// Those of the English text.
        known: String,
    },
    /// A text of more than one line.
    #[error("{0}: write it in one line")]
    Lines(&'static str),
}

/// A text in a file.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Written {
    One(String),
    Forms(BTreeMap<String, String>),
}

type File = BTreeMap<String, Written>;

static ENGLISH: LazyLock<(File, Language)> = LazyLock::new(|| built_in("en", ENGLISH_FILE));
static GERMAN: LazyLock<(File, Language)> =
    LazyLock::new(|| built_in("de", include_str!("../../languages/de.toml")));

const ENGLISH_FILE: &str = include_str!("../../languages/en.toml");

impl Language {
    /// English, for a site called Carnet.
    pub fn english() -> Self {
        ENGLISH.1
    }

    /// The languages that are built in, in the words for a site of this name.
    pub fn built_in(site: &str) -> Vec<Self> {
        [ENGLISH.1, GERMAN.1].map(|language| language.for_site(site)).into()
    }

    /// Reads a language from a file of TOML, such as `languages/en.toml` of this crate. What it lacks is
    /// taken from the built-in language of this tag, if there is one, and from English.
    ///
    /// # Errors
    /// [`LanguageError`] names the key that is wrong.
    pub fn read(tag: &str, file: &str) -> Result<(Self, Missing), LanguageError> {
        let mut written = parse(file)?;
        let language = tag.split('-').next().unwrap_or_default();
        let built_in = [("en", &ENGLISH.0), ("de", &GERMAN.0)]
            .into_iter()
            .find(|it| it.0.eq_ignore_ascii_case(language));
        if let Some((_, built_in)) = built_in {
            for (key, text) in built_in {
                written.entry(key.clone()).or_insert_with(|| text.clone());
            }
        }
        from(tag, &written)
    }

    /// The same language in the words for a site of this name, which takes the place of `{site}`.
    #[must_use]
    pub fn for_site(self, site: &str) -> Self {
        Self::new(self.all.to_lines().replace("{site}", site))
    }

    /// Its tag (RFC 5646), such as `de`.
    pub fn tag(self) -> &'static str {
        self.all.language()
    }

    /// All texts.
    pub fn texts(self) -> Texts {
        self.all
    }

    /// The texts for an app that has its own pages: those of Carnet's own pages are left out.
    pub fn texts_for_apps(self) -> Texts {
        self.for_apps
    }

    fn new(lines: String) -> Self {
        let all = Texts::from_lines(lines);
        let Table { language, forms, texts } = all.0;
        let for_apps = &texts[..texts.len().min(Text::FIRST_OF_SITE as usize)];
        let for_apps = [&[*language, *forms][..], for_apps].concat().join("\n");
        Self { all, for_apps: Texts::from_lines(for_apps) }
    }
}

fn built_in(tag: &str, file: &str) -> (File, Language) {
    let written = parse(file).unwrap_or_default();
    // A test holds the built-in files to being whole.
    let language = complete(tag, &written).unwrap_or_default();
    (written, Language::new(language.0))
}

fn from(tag: &str, written: &File) -> Result<(Language, Missing), LanguageError> {
    let (lines, missing) = complete(tag, written)?;
    Ok((Language::new(lines), missing))
}

fn parse(file: &str) -> Result<File, LanguageError> {
    toml::from_str(file)
        .map_err(|error| LanguageError::Syntax(error.to_string().replace('\n', " ")))
}

fn complete(tag: &str, written: &File) -> Result<(String, Missing), LanguageError> {
    let locale: LanguageIdentifier = tag.parse().map_err(|_| LanguageError::Tag(tag.to_owned()))?;
    let plurals = Plurals::of(&locale).ok_or_else(|| LanguageError::Tag(tag.to_owned()))?;
    let known: Vec<&'static str> = Text::VARIANTS.iter().map(|text| text.into()).collect();
    if let Some(unknown) = written.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(LanguageError::UnknownKey(unknown.clone()));
    }
    let english = parse(ENGLISH_FILE)?;
    let mut missing = Missing::default();
    let mut lines = vec![tag.to_owned(), plurals.forms.clone()];
    for key in known {
        let original = english.get(key);
        let text = match written.get(key) {
            Some(text) => {
                check(key, text, original)?;
                text
            }
            None => {
                missing.0.push(key);
                original.unwrap_or(&EMPTY)
            }
        };
        let is_english = !written.contains_key(key);
        lines.push(plurals.join(key, text, is_english)?);
    }
    Ok((lines.join("\n"), missing))
}

static EMPTY: Written = Written::One(String::new());

/// Compares a text with the English one.
fn check(
    key: &'static str,
    text: &Written,
    original: Option<&Written>,
) -> Result<(), LanguageError> {
    let known = original.map(gaps).unwrap_or_default();
    if let Some(gap) = gaps(text).into_iter().find(|gap| !known.contains(gap)) {
        let known = if known.is_empty() { "none".to_owned() } else { known.join(" and ") };
        return Err(LanguageError::UnknownGap { key, gap, known });
    }
    match (text, original) {
        (Written::Forms(_), Some(Written::One(_))) => Err(LanguageError::NoNumber(key)),
        _ if text.forms().any(|text| text.contains(char::is_control)) => {
            Err(LanguageError::Lines(key))
        }
        _ => Ok(()),
    }
}

/// What stands in braces.
fn gaps(text: &Written) -> Vec<String> {
    let mut gaps: Vec<String> = text
        .forms()
        .flat_map(|text| text.split('{').skip(1))
        .filter_map(|rest| Some(["{", rest.split_once('}')?.0, "}"].concat()))
        .collect();
    gaps.sort();
    gaps.dedup();
    gaps
}

impl Written {
    fn forms(&self) -> impl Iterator<Item = &str> {
        let (one, forms) = match self {
            Self::One(text) => (Some(text), None),
            Self::Forms(forms) => (None, Some(forms.values())),
        };
        one.into_iter().chain(forms.into_iter().flatten()).map(String::as_str)
    }
}

/// How a language counts.
struct Plurals {
    /// Its categories, in the order of the forms.
    categories: Vec<PluralCategory>,
    /// [`Table::forms`].
    forms: String,
}

impl Plurals {
    fn of(language: &LanguageIdentifier) -> Option<Self> {
        let rules = PluralRules::try_new_cardinal(Locale::from(language.clone()).into()).ok()?;
        // Those of fractions alone are never asked for.
        let of: Vec<_> = (0_u32..200).map(|number| rules.category_for(number)).collect();
        let categories: Vec<_> = CATEGORIES.into_iter().filter(|it| of.contains(it)).collect();
        let digit = |category| categories.iter().position(|known| *known == category);
        let digits = of.into_iter().filter_map(digit).filter_map(|at| u32::try_from(at).ok());
        let mut forms: String = digits.filter_map(|at| char::from_digit(at, 10)).collect();
        while forms.len() > 1 && forms.as_bytes().last() == forms.as_bytes().iter().nth_back(1) {
            forms.pop();
        }
        Some(Self { categories, forms })
    }

    /// Writes the forms of a text one after another.
    fn join(
        &self,
        key: &'static str,
        text: &Written,
        is_english: bool,
    ) -> Result<String, LanguageError> {
        let forms = match text {
            Written::One(text) => return Ok(text.clone()),
            Written::Forms(forms) => forms,
        };
        let wanted: Vec<_> = self.categories.iter().map(|category| name(*category)).collect();
        let fits = forms.len() == wanted.len() && wanted.iter().all(|it| forms.contains_key(*it));
        if !fits && !is_english {
            return Err(LanguageError::Forms { key, wanted: wanted.join(", ") });
        }
        let other = forms.get("other").map(String::as_str).unwrap_or_default();
        let chosen = wanted.iter().map(|name| forms.get(*name).map_or(other, String::as_str));
        Ok(chosen.collect::<Vec<_>>().join(&BETWEEN_FORMS.to_string()))
    }
}

const CATEGORIES: [PluralCategory; 6] = [
    PluralCategory::Zero,
    PluralCategory::One,
    PluralCategory::Two,
    PluralCategory::Few,
    PluralCategory::Many,
    PluralCategory::Other,
];

fn name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(tag: &str, file: &str) -> String {
        Language::read(tag, file).unwrap_err().to_string()
    }

    #[test]
    fn english_and_german_are_complete() {
        for (tag, file) in [("en", ENGLISH_FILE), ("de", include_str!("../../languages/de.toml"))] {
            let (_, missing) = from(tag, &parse(file).unwrap()).unwrap();
            assert_eq!(missing, Missing::default(), "{tag}");
        }
    }

    #[test]
    fn a_file_may_say_one_thing_in_other_words() {
        let (german, missing) = Language::read("de", "sign_in = \"Einloggen\"").unwrap();
        assert_eq!(missing, Missing::default());
        assert_eq!(german.texts().get(Text::SignIn), "Einloggen");
        assert_eq!(german.texts().get(Text::SignOut), "Abmelden");
        for tag in ["DE", "de-AT"] {
            let (german, missing) = Language::read(tag, "").unwrap();
            assert_eq!(
                (german.texts().get(Text::SignOut), missing),
                ("Abmelden", Missing::default())
            );
        }
    }

    #[test]
    fn what_a_new_language_lacks_is_named_and_said_in_english() {
        let (french, missing) = Language::read("fr", "sign_in = \"Se connecter\"").unwrap();
        assert_eq!(missing.0.len(), Text::VARIANTS.len() - 1);
        assert!(missing.0.contains(&"sign_out") && !missing.0.contains(&"sign_in"));
        assert_eq!(french.texts().get(Text::SignOut), "Sign out");
        // French says nothing of one thing as it does of one.
        assert_eq!(french.texts().count(Text::DeviceCount, 0), "0 device");
        assert_eq!(french.texts().count(Text::DeviceCount, 2), "2 devices");
    }

    #[test]
    fn a_language_counts_as_it_does() {
        let file = r#"device_count = { one = "{count} устройство", few = "{count} устройства", many = "{count} устройств" }"#;
        let (russian, _) = Language::read("ru", file).unwrap();
        for (count, said) in [
            (1, "1 устройство"),
            (3, "3 устройства"),
            (11, "11 устройств"),
            (21, "21 устройство"),
            (111, "111 устройств"),
            (1002, "1002 устройства"),
        ] {
            assert_eq!(russian.texts().count(Text::DeviceCount, count), said);
        }
    }

    #[test]
    fn a_key_that_is_none_is_named() {
        assert!(refusal("fr", "signin = \"Se connecter\"").contains("there is no text \"signin\""));
    }

    #[test]
    fn a_form_too_few_or_too_many_is_named_with_those_of_the_language() {
        let message = refusal("ru", r#"device_count = { one = "{count}", other = "{count}" }"#);
        assert_eq!(
            message,
            "device_count: write one form for each of one, few, many, as the plurals of this language are"
        );
        let message = refusal("fr", r#"sign_in = { one = "a", other = "b" }"#);
        assert!(message.contains("there is no number in this text"), "{message}");
    }

    #[test]
    fn a_gap_that_nothing_fills_is_named() {
        let message = refusal("fr", "hello = \"Bonjour, {nom}\"");
        assert_eq!(message, "hello: nothing fills {nom} here; the English text has {name}");
    }

    #[test]
    fn a_file_that_is_none_is_refused_in_one_line() {
        for file in ["sign_in", "sign_in = 3", "= \"\"", "[form]\nsign_in = \"a\""] {
            let message = refusal("fr", file);
            assert!(!message.contains('\n') && !message.is_empty(), "{message}");
        }
        assert!(refusal("fr", "sign_in = \"a\\nb\"").contains("write it in one line"));
        assert!(refusal("not a tag", "").contains("name the file after one"));
    }

    #[test]
    fn a_site_goes_by_its_name() {
        let language = Language::english().for_site("Shop");
        assert_eq!(language.texts().get(Text::Footer), "Shop keeps your place.");
    }

    #[test]
    fn apps_get_no_texts_of_the_site() {
        let english = Language::english();
        assert_eq!(english.texts_for_apps().get(Text::December), "December");
        assert_eq!(english.texts_for_apps().get(Text::PageTitle), "");
        assert_ne!(english.texts().get(Text::BusyText), "");
    }
}
