use carnet_app::Addresses;
use leptos::prelude::LeptosOptions;

use super::assets::Site;
use crate::settings::SiteSettings;

/// Where the built files are. Their names carry a hash, which is read off the files themselves:
/// with the site inside the program there is no `hash.txt` beside it to ship and to lose.
pub(super) fn addresses(site: &SiteSettings) -> Addresses {
    // A running `cargo leptos watch` replaces the files, but nothing replaces embedded ones.
    #[cfg(not(debug_assertions))]
    {
        static ONCE: std::sync::OnceLock<Addresses> = std::sync::OnceLock::new();
        ONCE.get_or_init(|| find(site)).clone()
    }
    #[cfg(debug_assertions)]
    find(site)
}

fn find(site: &SiteSettings) -> Addresses {
    let name = site.output_name.as_str();
    Addresses {
        style: announced_style(site).or_else(|| newest(site, name, ".css")),
        script: newest(site, name, ".js"),
        wasm: newest(site, name, ".wasm"),
        // So called by cargo-leptos, after the module that `carnet_app` splits off.
        later: newest(site, "split_pages", ".wasm"),
        ..Addresses::default()
    }
}

/// The newest of the files with this name and extension, whatever hash stands between them.
fn newest(site: &SiteSettings, name: &str, extension: &str) -> Option<String> {
    let start = format!("{}/{name}.", site.site_pkg_dir);
    let is_meant = |path: &str| path.starts_with(&start) && path.ends_with(extension);
    // While watching, older builds lie beside the newest.
    let changed = |path: &str| Site::get(path).and_then(|file| file.metadata.last_modified());
    Site::iter()
        .filter(|path| is_meant(path))
        .max_by_key(|path| changed(path))
        .map(|path| format!("/{path}"))
}

/// The name by which `cargo leptos watch` tells the browser that the style sheet has changed: it knows of
/// no hash. The page has to link to it by that name, or it would not find what to replace.
fn announced_style(site: &SiteSettings) -> Option<String> {
    is_watched().then(|| format!("/{}/{}.css", site.site_pkg_dir, site.output_name))
}

/// The file behind the name that [`announced_style`] gives it.
pub(super) fn style_behind(site: &SiteSettings, path: &str) -> Option<String> {
    if announced_style(site).as_deref() != Some(path) {
        return None;
    }
    newest(site, &site.output_name, ".css")
}

/// Whether `cargo leptos watch` runs us.
fn is_watched() -> bool {
    std::env::var_os("LEPTOS_WATCH").is_some()
}

/// What `cargo leptos watch` wants to be told, where it runs us; its variables win over ours.
pub(super) fn reload_options(site: &SiteSettings) -> Option<LeptosOptions> {
    if !is_watched() {
        return None;
    }
    let port = std::env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok());
    let options = LeptosOptions::builder()
        .output_name(site.output_name.as_str())
        .site_pkg_dir(site.site_pkg_dir.as_str())
        .reload_port(port.unwrap_or(site.reload_port))
        .build();
    Some(options)
}

#[cfg(test)]
mod tests {
    use toml::{Table, Value};

    use crate::settings::{SettingSource, Settings};

    /// What cargo-leptos builds by, and what the program runs by.
    fn both() -> (Table, Settings) {
        let manifest: Table = include_str!("../../../../Cargo.toml").parse().unwrap();
        let built = manifest["workspace"]["metadata"]["leptos"][0].as_table().unwrap().clone();
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Leptos.toml");
        let source = SettingSource { file: Some(file.into()), ..SettingSource::default() };
        (built, Settings::read(&source).unwrap())
    }

    #[test]
    fn the_settings_file_names_what_cargo_leptos_builds() {
        let (built, settings) = both();
        let text = |key: &str| built[key].as_str().unwrap_or_default();
        assert_eq!(text("name"), settings.site.output_name);
        assert_eq!(text("site-pkg-dir"), settings.site.site_pkg_dir);
        assert_eq!(text("site-root"), settings.site.site_root);
        assert_eq!(text("site-addr"), settings.server.address.to_string());
        let port = Value::Integer(settings.site.reload_port.into());
        assert_eq!(built["reload-port"], port);
    }
}
