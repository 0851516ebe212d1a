use std::path::PathBuf;

use toml::Value;
use url::Url;

use super::value::FromSetting;
use super::{Reader, SettingError};

/// A name of the site that fits into the header of a telephone.
const MAX_NAME_CHARACTERS: usize = 40;

/// `[site]`: what the pages look like and say, and the names under which their files lie; those must be
/// those of the `[[workspace.metadata.leptos]]` section that builds them.
#[derive(Debug, Clone)]
pub struct SiteSettings {
    /// What the site is called, `Carnet` by default.
    pub name: String,
    /// A file with the logo, SVG or PNG; Carnet's mark by default.
    pub logo: Option<PathBuf>,
    /// The colour of links and buttons on a light page; Carnet's blue by default.
    pub accent: Option<Colour>,
    /// The same on a dark page.
    pub accent_dark: Option<Colour>,
    /// Further links at the end of each page.
    pub links: Vec<LabelledLink>,
    /// The language for people whose browser asks for none that there is, `en` by default.
    pub language: String,
    /// The languages that the pages may be shown in; by default all that there are.
    pub languages: Vec<String>,
    /// A folder with further languages, or other words for a language that there is, as `fr.toml`.
    pub texts: Option<PathBuf>,
    /// The name of the script, the WASM and the style sheet.
    pub output_name: String,
    /// The folder of the built site.
    pub site_root: String,
    /// The folder of script and style sheet inside it.
    pub site_pkg_dir: String,
    /// Where `cargo leptos watch` tells the browser to reload.
    pub reload_port: u32,
}

impl SiteSettings {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, SettingError> {
        let SiteName(name) = reader.or("site.name", SiteName("Carnet".to_owned()))?;
        Ok(Self {
            name,
            logo: reader.optional::<String>("site.logo")?.map(PathBuf::from),
            accent: reader.optional("site.accent")?,
            accent_dark: reader.optional("site.accent_dark")?,
            links: reader.or("site.links", Vec::new())?,
            language: reader.or("site.language", "en".to_owned())?,
            languages: reader.or("site.languages", Vec::new())?,
            texts: reader.optional::<String>("site.texts")?.map(PathBuf::from),
            output_name: reader.or("site.output_name", "carnet".to_owned())?,
            site_root: reader.or("site.site_root", "target/site".to_owned())?,
            site_pkg_dir: reader.or("site.site_pkg_dir", "pkg".to_owned())?,
            reload_port: reader.or("site.reload_port", 3001)?,
        })
    }
}

struct SiteName(String);

impl FromSetting for SiteName {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let name = String::from_setting(value)?.trim().to_owned();
        let length = name.chars().count();
        if length == 0 || length > MAX_NAME_CHARACTERS || name.contains(char::is_control) {
            return Err(format!("must be a name of 1 to {MAX_NAME_CHARACTERS} characters"));
        }
        Ok(Self(name))
    }
}

/// A link with what it says, written `"Imprint https://example.org/imprint"` or `"Imprint /imprint"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledLink {
    /// What it says.
    pub label: String,
    /// Where it leads: a path of this site or an address.
    pub href: String,
}

impl FromSetting for LabelledLink {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let wanted = || {
            r#"must be links such as "Imprint https://example.org/imprint" or "Imprint /imprint""#
                .to_owned()
        };
        let text = value.as_str().unwrap_or_default().trim();
        let (label, href) = text.rsplit_once(char::is_whitespace).ok_or_else(wanted)?;
        let is_address = href
            .parse::<Url>()
            .is_ok_and(|url| matches!(url.scheme(), "https" | "http" | "mailto"));
        let is_path = href.starts_with('/') && !href.starts_with("//") && !href.contains('\\');
        let label = label.trim();
        if label.is_empty() || label.contains(char::is_control) || !(is_address || is_path) {
            return Err(wanted());
        }
        Ok(Self { label: label.to_owned(), href: href.to_owned() })
    }
}

impl LabelledLink {
    /// As it is written in the settings.
    pub(crate) fn written(&self) -> String {
        format!("{} {}", self.label, self.href)
    }
}

/// A colour, written `"#27408f"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub(crate) [u8; 3]);

impl Colour {
    /// As CSS writes it.
    pub(crate) fn css(self) -> String {
        let Self([red, green, blue]) = self;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

impl FromSetting for Colour {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let wanted = || r##"must be a colour such as "#27408f""##.to_owned();
        let digits = value.as_str().and_then(|text| text.strip_prefix('#')).ok_or_else(wanted)?;
        let is_hex = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex).ok_or_else(wanted)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: FromSetting>(text: &str) -> Result<T, String> {
        T::from_setting(&Value::String(text.to_owned()))
    }

    #[test]
    fn a_colour_is_three_bytes() {
        let colour: Colour = read("#27408F").unwrap();
        assert_eq!(colour, Colour([0x27, 0x40, 0x8f]));
        assert_eq!(colour.css(), "#27408f");
        for text in ["", "27408f", "#27408", "#27408g", "blue", "#+27408", "#é7408f"] {
            assert!(read::<Colour>(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_link_leads_to_a_page() {
        let link: LabelledLink = read("Terms of use /terms").unwrap();
        assert_eq!((link.label.as_str(), link.href.as_str()), ("Terms of use", "/terms"));
        assert_eq!(link.written(), "Terms of use /terms");
        assert!(read::<LabelledLink>("Imprint https://example.org/imprint").is_ok());
        for text in
            ["", "/terms", "Terms terms", "Terms javascript:alert(1)", "Terms //evil.example"]
        {
            assert!(read::<LabelledLink>(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_name_fits_into_a_header() {
        assert_eq!(read::<SiteName>(" Shop ").unwrap().0, "Shop");
        assert!(read::<SiteName>(" ").is_err());
        assert!(read::<SiteName>(&"a".repeat(41)).is_err());
        assert!(read::<SiteName>("a\u{7}").is_err());
    }
}
