use std::fmt;
use std::path::PathBuf;

use carnet_shared::Secret;
use toml::Value;
use url::Url;

use super::value::FromSetting;
use super::{Reader, SettingError};

/// `[database]`
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// Where the data is; `sqlite://data/carnet.db` by default.
    pub url: DatabaseUrl,
    /// Connections that read (and, on PostgreSQL, write); 8 by default.
    pub max_connections: u32,
}

/// Which database.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file of this machine.
    Sqlite(PathBuf),
    /// A PostgreSQL server; the address may hold a password.
    Postgres(Secret),
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

impl fmt::Display for DatabaseUrl {
    /// Without the password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "sqlite://{}", path.display()),
            Self::Postgres(url) => match url.expose().parse::<Url>() {
                Ok(mut url) => {
                    if url.password().is_some() {
                        // Fails only for addresses without a host, which have no password either.
                        let _ = url.set_password(Some("redacted"));
                    }
                    url.set_query(None);
                    write!(formatter, "{url}")
                }
                Err(_) => formatter.write_str("postgres://[redacted]"),
            },
        }
    }
}

impl FromSetting for DatabaseUrl {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let text = value.as_str().unwrap_or_default();
        match text.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() && !path.contains('?') => {
                Ok(Self::Sqlite(path.into()))
            }
            Some(("postgres" | "postgresql", _)) if text.parse::<Url>().is_ok() => {
                Ok(Self::Postgres(Secret::new(text)))
            }
            _ => Err(r#"must be such as "sqlite://data/carnet.db" or "postgres://user:password@host/name""#.to_owned()),
        }
    }
}

impl DatabaseSettings {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, SettingError> {
        let max_connections = reader.or("database.max_connections", 8)?;
        if max_connections == 0 {
            return Err(SettingError::new("database.max_connections", "must be at least 1"));
        }
        Ok(Self {
            url: reader.or("database.url", DatabaseUrl::Sqlite("data/carnet.db".into()))?,
            max_connections,
        })
    }
}
