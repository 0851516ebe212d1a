use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use carnet_leptos::{Language, LanguageError, Missing};
use thiserror::Error;

use crate::app::App;
use crate::settings::SiteSettings;

/// What a browser may ask for; the rest of a longer list is not looked at.
const MAX_ASKED_FOR: usize = 20;

/// The languages of this deployment.
#[derive(Debug)]
pub(crate) struct Languages {
    all: Vec<Language>,
    default: Language,
}

/// Why the languages cannot be used.
#[derive(Debug, Error)]
pub enum LanguageSettingError {
    /// The folder cannot be read.
    #[error("site.texts: {} cannot be read: {problem}", path.display())]
    Folder {
        /// Which folder or file.
        path: PathBuf,
        /// What the system says.
        problem: std::io::Error,
    },
    /// A file will not do.
    #[error("{}: {problem}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: LanguageError,
    },
    /// A language that there is not.
    #[error(
        "site.{setting}: there is no language {tag:?}, only {known}; site.texts names a folder with further ones"
    )]
    Unknown {
        /// The key of the setting.
        setting: &'static str,
        /// The language.
        tag: String,
        /// Those that there are.
        known: String,
    },
}

impl Languages {
    /// The built-in languages and those of the deployment.
    ///
    /// # Errors
    /// The first file or setting that will not do.
    pub(crate) fn read(settings: &SiteSettings) -> Result<Self, LanguageSettingError> {
        let mut all = Language::built_in(&settings.name);
        for path in settings.texts.as_deref().map(files_in).transpose()?.unwrap_or_default() {
            let (language, missing) = read_file(&path, &settings.name)?;
            warn_of(&path, &missing);
            all.retain(|known| !known.tag().eq_ignore_ascii_case(language.tag()));
            all.push(language);
        }
        for tag in &settings.languages {
            find(&all, "languages", tag)?;
        }
        if !settings.languages.is_empty() {
            let is_wanted =
                |tag: &str| settings.languages.iter().any(|it| it.eq_ignore_ascii_case(tag));
            all.retain(|language| is_wanted(language.tag()));
        }
        let default = find(&all, "language", &settings.language)?;
        Ok(Self { all, default })
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[Language] {
        &self.all
    }

    /// The one that is wanted most of those that there are (RFC 4647 §3.4), else the deployment's own.
    pub(crate) fn asked_for(&self, headers: &HeaderMap) -> Language {
        let values = headers.get_all(ACCEPT_LANGUAGE).iter();
        let choices = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
        let mut ranges: Vec<(&str, f32)> = choices.take(MAX_ASKED_FOR).filter_map(range).collect();
        // Those that are wanted alike stay in their order.
        ranges.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        ranges.into_iter().find_map(|(range, _)| self.look_up(range)).unwrap_or(self.default)
    }

    fn look_up(&self, range: &str) -> Option<Language> {
        if range == "*" {
            return Some(self.default);
        }
        let mut range = range;
        loop {
            if let Some(language) = self.named(range) {
                return Some(language);
            }
            range = range.rsplit_once('-')?.0;
        }
    }

    fn named(&self, tag: &str) -> Option<Language> {
        self.all.iter().find(|language| language.tag().eq_ignore_ascii_case(tag)).copied()
    }
}

/// A language range and how much it is wanted; `None` for one that is not wanted at all.
fn range(choice: &[u8]) -> Option<(&str, f32)> {
    let choice = std::str::from_utf8(choice).ok()?;
    let mut parts = choice.split(';').map(str::trim);
    let tag = parts.next().filter(|tag| !tag.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let weight: f32 = weight.map_or(Ok(1.0), str::parse).unwrap_or(0.0);
    (weight > 0.0).then_some((tag, weight))
}

fn find(
    all: &[Language],
    setting: &'static str,
    tag: &str,
) -> Result<Language, LanguageSettingError> {
    let found = all.iter().find(|language| language.tag().eq_ignore_ascii_case(tag)).copied();
    found.ok_or_else(|| {
        let known: Vec<_> = all.iter().map(|language| language.tag()).collect();
        LanguageSettingError::Unknown { setting, tag: tag.to_owned(), known: known.join(", ") }
    })
}

/// The files of languages in a folder, in the order of their names.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>, LanguageSettingError> {
    let failed = |problem| LanguageSettingError::Folder { path: folder.to_owned(), problem };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read_file(path: &Path, site: &str) -> Result<(Language, Missing), LanguageSettingError> {
    let file = fs::read_to_string(path)
        .map_err(|problem| LanguageSettingError::Folder { path: path.to_owned(), problem })?;
    let tag = path.file_stem().unwrap_or_default().to_string_lossy();
    let (language, missing) = Language::read(&tag, &file)
        .map_err(|problem| LanguageSettingError::File { path: path.to_owned(), problem })?;
    Ok((language.for_site(site), missing))
}

fn warn_of(path: &Path, Missing(keys): &Missing) {
    if !keys.is_empty() {
        let (path, keys) = (path.display(), keys.join(", "));
        tracing::warn!("{path}: these texts are missing and shown in English: {keys}");
    }
}

/// The language that a browser asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct AskedFor(pub(super) Language);

impl FromRequestParts<Arc<App>> for AskedFor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self(app.site.languages.asked_for(&parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::settings::{SettingSource, Settings};

    fn settings(assignments: &[&str]) -> SiteSettings {
        let assignments = assignments.iter().map(|it| (*it).to_owned()).collect();
        Settings::read(&SettingSource { assignments, ..SettingSource::default() }).unwrap().site
    }

    fn chosen(assignments: &[&str], header: &str) -> &'static str {
        let languages = Languages::read(&settings(assignments)).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_str(header).unwrap());
        languages.asked_for(&headers).tag()
    }

    fn refusal(assignments: &[&str]) -> String {
        Languages::read(&settings(assignments)).unwrap_err().to_string()
    }

    #[test]
    fn a_browser_gets_what_it_wants_most() {
        for (header, tag) in [
            ("de", "de"),
            ("de-AT", "de"),
            ("DE-at;q=0.3, fr", "de"),
            ("en;q=0.5, de;q=0.8", "de"),
            ("de;q=0, en", "en"),
            ("fr, *", "en"),
            ("fr", "en"),
            ("", "en"),
            (";;q=,,de;q=x,en;q=0.1", "en"),
            ("de;q=nan", "en"),
        ] {
            assert_eq!(chosen(&[], header), tag, "{header:?}");
        }
    }

    #[test]
    fn odd_bytes_beside_it_hide_no_language() {
        let languages = Languages::read(&settings(&[])).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_bytes(b"\xfc, de").unwrap());
        assert_eq!(languages.asked_for(&headers).tag(), "de");
    }

    #[test]
    fn a_site_may_have_one_language() {
        assert_eq!(chosen(&["site.language=de", "site.languages=de"], "en"), "de");
        assert_eq!(chosen(&["site.language=de"], "fr"), "de");
    }

    #[test]
    fn a_language_that_there_is_not_is_refused_with_those_that_there_are() {
        assert_eq!(
            refusal(&["site.languages=de,fr"]),
            "site.languages: there is no language \"fr\", only en, de; site.texts names a folder with further ones"
        );
        assert!(refusal(&["site.languages=de"]).starts_with("site.language: "));
    }

    #[test]
    fn a_folder_of_files_adds_languages_and_names_the_file_that_will_not_do() {
        let folder = std::env::temp_dir().join(format!("carnet-texts-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("fr.toml"), "sign_in = \"Se connecter\"").unwrap();
        fs::write(folder.join("notes.txt"), "no language").unwrap();
        let setting = format!("site.texts={}", folder.display());
        assert_eq!(chosen(&[&setting], "fr-CA"), "fr");
        fs::write(folder.join("fr.toml"), "sing_in = \"Chanter\"").unwrap();
        let message = refusal(&[&setting]);
        fs::remove_dir_all(&folder).unwrap();
        assert!(message.contains("fr.toml: there is no text \"sing_in\""), "{message}");
        assert!(refusal(&[&setting]).starts_with("site.texts: "));
    }
}
