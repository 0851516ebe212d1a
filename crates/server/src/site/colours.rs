//! The colours of a deployment. Links and buttons have one accent colour, on light pages and on dark ones,
//! and people can read text in it only with enough contrast (WCAG 2.2, 1.4.3).

use thiserror::Error;

use crate::settings::{Colour, SiteSettings};

/// As `style/forms.css` of `carnet-leptos` has them.
const LIGHT: Shade =
    Shade { accent: Colour([0x27, 0x40, 0x8f]), paper: Colour([0xf7, 0xf6, 0xf2]) };
const DARK: Shade = Shade { accent: Colour([0xa3, 0xb8, 0xff]), paper: Colour([0x19, 0x1d, 0x26]) };

/// What text of this size needs.
const MIN_CONTRAST: f64 = 4.5;

struct Shade {
    accent: Colour,
    /// What text in this colour stands on, of those the one that is closest to it.
    paper: Colour,
}

/// A colour in which text cannot be read.
#[derive(Debug, Error)]
#[error(
    "site.{setting}: {} has a contrast of {contrast:.2} with the page, and text needs {MIN_CONTRAST}; choose a {} one",
    colour.css(), if *setting == "accent" { "darker" } else { "lighter" }
)]
pub struct ColourError {
    setting: &'static str,
    colour: Colour,
    contrast: f64,
}

/// The style sheet that sets them; `None` where they are Carnet's.
///
/// # Errors
/// When text in such a colour cannot be read.
pub(super) fn style_sheet(settings: &SiteSettings) -> Result<Option<String>, ColourError> {
    if settings.accent.is_none() && settings.accent_dark.is_none() {
        return Ok(None);
    }
    let light = checked("accent", settings.accent, &LIGHT)?;
    let dark = checked("accent_dark", settings.accent_dark, &DARK)?;
    let (on_light, on_dark) = (text_on(light).css(), text_on(dark).css());
    let (light, dark) = (light.css(), dark.css());
    Ok(Some(format!(
        ":root{{--carnet-accent:light-dark({light},{dark});\
         --carnet-accent-strong:light-dark(color-mix(in srgb,{light},#000 25%),color-mix(in srgb,{dark},#fff 25%));\
         --carnet-on-accent:light-dark({on_light},{on_dark});\
         --carnet-accent-wash:light-dark(color-mix(in srgb,{light} 8%,#fff),color-mix(in srgb,{dark} 12%,#191d26))}}\n"
    )))
}

fn checked(
    setting: &'static str,
    chosen: Option<Colour>,
    shade: &Shade,
) -> Result<Colour, ColourError> {
    let colour = chosen.unwrap_or(shade.accent);
    let contrast = contrast(colour, shade.paper);
    if contrast < MIN_CONTRAST {
        return Err(ColourError { setting, colour, contrast });
    }
    Ok(colour)
}

/// Black or white, whichever can be read better on this colour.
fn text_on(colour: Colour) -> Colour {
    let (white, black) = (Colour([255; 3]), Colour([0x10, 0x16, 0x2b]));
    if contrast(colour, white) >= contrast(colour, black) { white } else { black }
}

/// The contrast ratio of two colours (WCAG 2.2).
fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The relative luminance of a colour (WCAG 2.2).
fn luminance(Colour(channels): Colour) -> f64 {
    let [red, green, blue] = channels.map(|channel| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{SettingSource, Settings};

    fn sheet(assignments: &[&str]) -> Result<Option<String>, String> {
        let assignments = assignments.iter().map(|it| (*it).to_owned()).collect();
        let source = SettingSource { assignments, ..SettingSource::default() };
        style_sheet(&Settings::read(&source).unwrap().site).map_err(|error| error.to_string())
    }

    #[test]
    fn black_on_white_has_the_contrast_that_the_standard_says() {
        assert!((contrast(Colour([0; 3]), Colour([255; 3])) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn a_site_has_its_own_colour_and_text_on_it_can_be_read() {
        let css = sheet(&["site.accent=#7a1f3d"]).unwrap().unwrap();
        assert!(css.contains("--carnet-accent:light-dark(#7a1f3d,#a3b8ff)"), "{css}");
        assert!(css.contains("--carnet-on-accent:light-dark(#ffffff,#10162b)"), "{css}");
        assert_eq!(sheet(&[]).unwrap(), None);
    }

    #[test]
    fn a_colour_in_which_text_cannot_be_read_is_refused_with_its_contrast() {
        let message = sheet(&["site.accent=#ffd400"]).unwrap_err();
        assert!(message.starts_with("site.accent: #ffd400 has a contrast of 1."), "{message}");
        assert!(message.ends_with("choose a darker one"), "{message}");
        assert!(
            sheet(&["site.accent_dark=#202020"]).unwrap_err().ends_with("choose a lighter one")
        );
    }
}
