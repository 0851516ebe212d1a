use toml::Value;

use super::value::FromSetting;
use super::{Reader, SettingError};

/// `[compat]`: interfaces of other systems that are answered beside our own.
#[derive(Debug, Clone, Copy)]
pub struct CompatSettings {
    /// The endpoints of djangorestframework-simplejwt under `/api/token/`.
    pub simplejwt: Simplejwt,
}

/// What the endpoints of djangorestframework-simplejwt do. It decides about sign-ins to come;
/// sessions that were made before go on as they began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Simplejwt {
    /// Every refresh answers a new refresh token too, which the client must keep.
    Rotating,
    /// The refresh token stays the same, for clients that keep only their first: it lives for a day
    /// at most, and nobody notices when it is copied.
    Static,
    /// They are not there.
    Off,
}

impl Simplejwt {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rotating => "rotating",
            Self::Static => "static",
            Self::Off => "off",
        }
    }
}

impl FromSetting for Simplejwt {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let all = [Self::Rotating, Self::Static, Self::Off];
        let found = all.into_iter().find(|mode| value.as_str() == Some(mode.as_str()));
        found.ok_or_else(|| r#"must be "rotating", "static" or "off""#.to_owned())
    }
}

impl CompatSettings {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, SettingError> {
        Ok(Self { simplejwt: reader.or("compat.simplejwt", Simplejwt::Rotating)? })
    }
}
