//! What a deployment calls its site and how it looks: languages, colours and a logo, read at the start.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use carnet_app::{Page, PageData};
use carnet_leptos::{Handover, Language, STYLE_SHEET};
use thiserror::Error;

use super::colours::{self, ColourError};
use super::languages::{LanguageSettingError, Languages};
use super::own_files::OwnFiles;
use crate::settings::SiteSettings;

const MAX_LOGO_BYTES: u64 = 256 * 1024;

/// What the pages of this deployment are made with.
#[derive(Debug)]
pub(crate) struct Branding {
    pub(crate) languages: Languages,
    pub(super) files: OwnFiles,
    /// Where the texts of each language are.
    texts: HashMap<&'static str, String>,
    /// Where the look of the forms is, for the pages of an app.
    forms: String,
    /// Where the colours are, if they are not Carnet's.
    pub(super) colours: Option<String>,
    logo: Option<String>,
    name: String,
    links: Vec<String>,
}

/// Why the pages cannot be made as the settings want.
#[derive(Debug, Error)]
pub enum BrandingError {
    /// The languages will not do.
    #[error(transparent)]
    Languages(#[from] LanguageSettingError),
    /// The colours will not do.
    #[error(transparent)]
    Colours(#[from] ColourError),
    /// The logo cannot be read.
    #[error("site.logo: {} cannot be read: {problem}", path.display())]
    Logo {
        /// The file.
        path: PathBuf,
        /// What the system says.
        problem: std::io::Error,
    },
    /// The logo is no picture, or too large.
    #[error("site.logo: {} must be an SVG or PNG of at most {} kB", .0.display(), MAX_LOGO_BYTES / 1024)]
    LogoKind(PathBuf),
}

impl Branding {
    /// Reads what the settings name.
    ///
    /// # Errors
    /// The first thing that will not do.
    pub(crate) fn read(settings: &SiteSettings) -> Result<Self, BrandingError> {
        let languages = Languages::read(settings)?;
        let folder = settings.site_pkg_dir.as_str();
        let mut files = OwnFiles::default();
        let mut texts = HashMap::new();
        for language in languages.all() {
            let lines = language.texts().to_lines().into_bytes();
            let name = format!("texts.{}", language.tag());
            texts.insert(language.tag(), files.add(folder, &name, "txt", lines));
        }
        let forms = files.add(folder, "forms", "css", STYLE_SHEET.as_bytes().to_vec());
        let colours = colours::style_sheet(settings)?
            .map(|css| files.add(folder, "colours", "css", css.into_bytes()));
        let logo = match &settings.logo {
            None => None,
            Some(path) => {
                let (extension, picture) = read_logo(path)?;
                Some(files.add(folder, "logo", extension, picture))
            }
        };
        let links = settings.links.iter().flat_map(|it| [it.label.clone(), it.href.clone()]);
        let links = links.collect();
        Ok(Self {
            languages,
            files,
            texts,
            forms,
            colours,
            logo,
            name: settings.name.clone(),
            links,
        })
    }

    /// Where the texts of a language are.
    pub(super) fn texts_of(&self, language: Language) -> Option<&String> {
        self.texts.get(language.tag())
    }

    /// What an app links to for the look of the forms.
    pub(super) fn style_sheets(&self) -> Vec<String> {
        [Some(self.forms.clone()), self.colours.clone()].into_iter().flatten().collect()
    }

    /// A page of this site.
    pub(super) fn page(&self, page: Page, handover: Handover, own: &[&str]) -> PageData {
        PageData {
            page,
            handover,
            site_name: self.name.clone(),
            logo: self.logo.clone(),
            links: self.links.clone(),
            own_pages: own.iter().map(|path| (*path).to_owned()).collect(),
        }
    }
}

fn read_logo(path: &Path) -> Result<(&'static str, Vec<u8>), BrandingError> {
    let failed = |problem| BrandingError::Logo { path: path.to_owned(), problem };
    let wrong = || BrandingError::LogoKind(path.to_owned());
    if fs::metadata(path).map_err(failed)?.len() > MAX_LOGO_BYTES {
        return Err(wrong());
    }
    let picture = fs::read(path).map_err(failed)?;
    let is_png = picture.starts_with(b"\x89PNG\r\n\x1a\n");
    let is_svg = std::str::from_utf8(&picture).is_ok_and(|text| text.contains("<svg"));
    match (is_png, is_svg) {
        (true, _) => Ok(("png", picture)),
        (false, true) => Ok(("svg", picture)),
        (false, false) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{SettingSource, Settings};

    fn read(assignments: &[String]) -> Result<Branding, String> {
        let source =
            SettingSource { assignments: assignments.to_vec(), ..SettingSource::default() };
        let settings = Settings::read(&source).map_err(|error| error.to_string())?;
        Branding::read(&settings.site).map_err(|error| error.to_string())
    }

    #[test]
    fn a_logo_is_a_picture() {
        let folder = std::env::temp_dir().join(format!("carnet-logo-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = |name: &str, content: &[u8]| {
            let path = folder.join(name);
            fs::write(&path, content).unwrap();
            format!("site.logo={}", path.display())
        };
        let svg = read(&[file("logo.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>")]);
        let logo = svg.unwrap().logo.unwrap();
        assert!(logo.starts_with("/pkg/logo.") && logo.ends_with(".svg"), "{logo}");
        let page = read(&[file("page.svg", b"<html>")]).unwrap_err();
        assert!(page.contains("must be an SVG or PNG"), "{page}");
        let large = vec![b' '; 300 * 1024];
        assert!(read(&[file("large.svg", &large)]).is_err());
        let absent = read(&["site.logo=/nowhere/logo.svg".to_owned()]).unwrap_err();
        assert!(absent.starts_with("site.logo: /nowhere/logo.svg cannot be read"), "{absent}");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn each_language_is_a_file_of_its_own() {
        let branding = read(&["site.name=Shop".to_owned()]).unwrap();
        let mut addresses: Vec<_> = branding.files.addresses().collect();
        addresses.sort_unstable();
        assert_eq!(addresses.len(), 3);
        assert!(addresses[1].starts_with("/pkg/texts.de."), "{addresses:?}");
        assert!(addresses[2].starts_with("/pkg/texts.en."), "{addresses:?}");
        let answer = branding.files.get(addresses[2], &axum::http::HeaderMap::new()).unwrap();
        assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
        assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
    }
}
