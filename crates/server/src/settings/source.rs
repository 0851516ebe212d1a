use std::path::PathBuf;

use toml::Value;

use super::secrets::SecretSetting;
use super::{Reader, SettingError};

/// The file that is read where none is named.
const DEFAULT_FILE: &str = "Leptos.toml";

/// Where settings come from, weakest first.
#[derive(Debug, Clone, Default)]
pub struct SettingSource {
    /// A file that must exist; `Leptos.toml` of the working directory, if there is one, when absent.
    pub file: Option<PathBuf>,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// `section.key=value` from the command line.
    pub assignments: Vec<String>,
}

/// What `cargo leptos watch` and `serve` decide, and the setting that it stands for.
const CARGO_LEPTOS: [(&str, &str); 5] = [
    ("LEPTOS_SITE_ADDR", "server.address"),
    ("LEPTOS_OUTPUT_NAME", "site.output_name"),
    ("LEPTOS_SITE_ROOT", "site.site_root"),
    ("LEPTOS_SITE_PKG_DIR", "site.site_pkg_dir"),
    ("LEPTOS_RELOAD_PORT", "site.reload_port"),
];

impl SettingSource {
    /// Whether cargo-leptos started this process: then what it has built and where it looks for the
    /// server goes over the settings file.
    pub fn is_cargo_leptos(&self) -> bool {
        self.variable("LEPTOS_OUTPUT_NAME").is_some()
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn reader(&self) -> Result<Reader, SettingError> {
        let mut reader = Reader::default();
        if let Some(text) = self.file_text()? {
            reader.add_file(&text)?;
        }
        if self.is_cargo_leptos() {
            for (variable, setting) in CARGO_LEPTOS {
                if let Some(value) = self.variable(variable) {
                    reader.set(setting, Value::String(value.to_owned()));
                }
            }
        }
        reader.add_environment(&self.environment)?;
        for assignment in &self.assignments {
            let (name, value) = split(assignment)?;
            let value = Value::String(value.to_owned());
            if let Some(secret) = SecretSetting::of(name)
                && secret.is_secret(&value)
            {
                return Err(secret.must_not_be_assigned());
            }
            reader.set(name, value);
        }
        Ok(reader)
    }

    fn file_text(&self) -> Result<Option<String>, SettingError> {
        let path = self.file.clone().unwrap_or_else(|| DEFAULT_FILE.into());
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.file.is_none() => {
                Ok(None)
            }
            Err(error) => Err(SettingError::new(&path.display().to_string(), error.to_string())),
        }
    }
}

/// The name and the value of `section.key=value`. What is no name is not repeated: it may be a
/// piece of a value.
fn split(assignment: &str) -> Result<(&str, &str), SettingError> {
    let is_name = |text: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        text.contains('.') && text.bytes().all(is_letter)
    };
    let split = assignment.split_once('=');
    split
        .filter(|(name, _)| is_name(name) || name.starts_with("claims."))
        .ok_or_else(|| SettingError::new("--set", "write it as --set section.key=value"))
}
