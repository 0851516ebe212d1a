use std::path::PathBuf;
use std::time::Duration;

use toml::Value;

use super::value::FromSetting;
use super::{DatabaseUrl, Lifetime, Reader, SettingError};

/// `[database]`
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// Where the data is; `sqlite://data/carnet.db` by default.
    pub url: DatabaseUrl,
    /// Connections that read (and, on PostgreSQL, write); 8 by default. One more reads what other
    /// instances change.
    pub max_connections: u32,
    /// Whether connections to PostgreSQL are encrypted. By default as `sslmode` of the address says,
    /// and without it `verify-full`, unless the database is on this machine.
    pub tls: Option<DatabaseTls>,
    /// The certificates, in PEM, of those who may vouch for PostgreSQL, besides the usual ones.
    pub ca: Option<PathBuf>,
    /// How long a server that starts waits for PostgreSQL to come up; a minute by default.
    pub wait: Duration,
}

/// How far connections to PostgreSQL are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseTls {
    /// Encrypted, and the server is shown to be the one that the address names.
    VerifyFull,
    /// Encrypted, with whoever answers.
    Require,
    /// Not at all.
    Off,
}

impl DatabaseTls {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifyFull => "verify-full",
            Self::Require => "require",
            Self::Off => "off",
        }
    }
}

impl FromSetting for DatabaseTls {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let all = [Self::VerifyFull, Self::Require, Self::Off];
        let text = value.as_str().unwrap_or_default();
        let found = all.into_iter().find(|tls| tls.as_str() == text);
        found.ok_or_else(|| r#"must be "verify-full", "require" or "off""#.to_owned())
    }
}

impl DatabaseSettings {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, SettingError> {
        let max_connections = reader.or("database.max_connections", 8)?;
        if max_connections == 0 {
            return Err(SettingError::new("database.max_connections", "must be at least 1"));
        }
        let wait = reader.or("database.wait", Lifetime::from_seconds(60))?;
        Ok(Self {
            url: reader.or("database.url", DatabaseUrl::Sqlite("data/carnet.db".into()))?,
            max_connections,
            tls: reader.optional("database.tls")?,
            ca: reader.optional::<String>("database.ca")?.map(PathBuf::from),
            wait: Duration::from_secs(wait.seconds().unsigned_abs()),
        })
    }
}
