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
    let newest = |name: &str, extension: &str| {
        let start = format!("{}/{name}.", site.site_pkg_dir);
        let is_meant = |path: &str| path.starts_with(&start) && path.ends_with(extension);
        // While watching, older builds lie beside the newest.
        let changed = |path: &str| Site::get(path).and_then(|file| file.metadata.last_modified());
        Site::iter()
            .filter(|path| is_meant(path))
            .max_by_key(|path| changed(path))
            .map(|path| format!("/{path}"))
    };
    let name = site.output_name.as_str();
    Addresses {
        style: newest(name, ".css"),
        script: newest(name, ".js"),
        wasm: newest(name, ".wasm"),
        // So called by cargo-leptos, after the module that `carnet_app` splits off.
        later: newest("split_pages", ".wasm"),
    }
}

/// What `cargo leptos watch` wants to be told, where it runs us; its variables win over ours.
pub(super) fn reload_options(site: &SiteSettings) -> Option<LeptosOptions> {
    std::env::var_os("LEPTOS_WATCH")?;
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
