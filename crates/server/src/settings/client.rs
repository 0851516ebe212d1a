use carnet_shared::Delivery;
use toml::Value;

use super::value::FromSetting;
use super::{Reader, SettingError};

/// `[client]`: what the browser's part does.
#[derive(Debug, Clone, Copy)]
pub struct ClientSettings {
    /// Where the browser keeps the access token.
    pub storage: Storage,
    /// How the refresh token travels.
    pub delivery: Delivery,
}

/// Where the browser keeps the access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// For as long as the tab is open.
    Session,
    /// Until it is signed out.
    Local,
    /// Until the page is left.
    Memory,
}

impl Storage {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Local => "local",
            Self::Memory => "memory",
        }
    }
}

impl FromSetting for Storage {
    fn from_setting(value: &Value) -> Result<Self, String> {
        match value.as_str() {
            Some("session") => Ok(Self::Session),
            Some("local") => Ok(Self::Local),
            Some("memory") => Ok(Self::Memory),
            _ => Err(r#"must be "session", "local" or "memory""#.to_owned()),
        }
    }
}

impl ClientSettings {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, SettingError> {
        Ok(Self {
            storage: reader.or("client.storage", Storage::Session)?,
            delivery: reader.or("client.delivery", Delivery::Cookie)?,
        })
    }
}
