//! What a deployment can choose: `Leptos.toml`, then `CARNET_<SECTION>__<KEY>`, then `--set`. An
//! unknown key or a bad value stops the start with one line that names the setting. Secrets come
//! from the file, from the environment, or from a file that the environment names.

mod audit;
mod claims;
mod client;
mod compat;
mod database;
mod database_url;
mod host_name;
mod limits;
mod metrics;
mod passwords;
mod reader;
mod secrets;
mod server;
mod show;
mod site;
mod source;
mod tokens;
mod value;

pub use audit::AuditSettings;
pub use claims::ClaimSettings;
pub use client::{ClientSettings, Storage};
pub use compat::{CompatSettings, Simplejwt};
pub use database::{DatabaseSettings, DatabaseTls};
pub use database_url::DatabaseUrl;
pub use host_name::HostName;
pub use limits::LimitSettings;
pub use metrics::MetricsSettings;
pub use passwords::PasswordSettings;
pub use server::{ForwardedHeader, Origin, Registration, ServerSettings};
pub use site::{Colour, LabelledLink, SiteSettings};
pub use source::SettingSource;
pub use tokens::TokenSettings;
pub use value::Lifetime;

pub(crate) use secrets::secret_of;

use reader::Reader;
use thiserror::Error;

/// Everything that a deployment can choose.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens and under which address it is known.
    pub server: ServerSettings,
    /// Where it keeps its data.
    pub database: DatabaseSettings,
    /// What its tokens are like.
    pub tokens: TokenSettings,
    /// How passwords are checked.
    pub passwords: PasswordSettings,
    /// Which interfaces of other systems are answered too.
    pub compat: CompatSettings,
    /// What of a user's attributes goes into tokens.
    pub claims: ClaimSettings,
    /// What the browser's part does.
    pub client: ClientSettings,
    /// How often one may try.
    pub limits: LimitSettings,
    /// How long the audit trail is kept.
    pub audit: AuditSettings,
    /// Where operators see what is counted.
    pub metrics: MetricsSettings,
    /// Where the built pages lie.
    pub site: SiteSettings,
}

/// A setting that will not do, in one line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{setting}: {problem}")]
pub struct SettingError {
    /// Which one.
    pub setting: String,
    /// What is wrong with it; never its value, which may be a secret.
    pub problem: String,
}

impl SettingError {
    pub(crate) fn new(setting: &str, problem: impl Into<String>) -> Self {
        Self { setting: setting.to_owned(), problem: problem.into() }
    }
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// The first setting that will not do.
    pub fn read(source: &SettingSource) -> Result<Self, SettingError> {
        let mut reader = source.reader()?;
        let server = ServerSettings::read(&mut reader)?;
        let tokens = TokenSettings::read(&mut reader, &server)?;
        let settings = Self {
            database: DatabaseSettings::read(&mut reader)?,
            passwords: PasswordSettings::read(&mut reader)?,
            compat: CompatSettings::read(&mut reader)?,
            claims: ClaimSettings::read(&mut reader)?,
            client: ClientSettings::read(&mut reader)?,
            limits: LimitSettings::read(&mut reader)?,
            audit: AuditSettings::read(&mut reader)?,
            metrics: MetricsSettings::read(&mut reader)?,
            site: SiteSettings::read(&mut reader)?,
            server,
            tokens,
        };
        reader.finish()?;
        Ok(settings)
    }
}
