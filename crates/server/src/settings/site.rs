use super::{Reader, SettingError};

/// `[site]`: the names under which the built pages lie; they must be those of the
/// `[[workspace.metadata.leptos]]` section that builds them.
#[derive(Debug, Clone)]
pub struct SiteSettings {
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
        Ok(Self {
            output_name: reader.or("site.output_name", "carnet".to_owned())?,
            site_root: reader.or("site.site_root", "target/site".to_owned())?,
            site_pkg_dir: reader.or("site.site_pkg_dir", "pkg".to_owned())?,
            reload_port: reader.or("site.reload_port", 3001)?,
        })
    }
}
