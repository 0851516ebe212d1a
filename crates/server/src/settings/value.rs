use std::net::SocketAddr;

use carnet_shared::Delivery;
use carnet_verify::Algorithm;
use ipnet::IpNet;
use toml::Value;
use url::Url;

/// A kind of value that a setting can have. From the environment and from flags every value comes
/// as text, so each kind reads text too.
pub(super) trait FromSetting: Sized {
    /// Reads the value, or says in a few words what it should be.
    fn from_setting(value: &Value) -> Result<Self, String>;
}

impl FromSetting for String {
    fn from_setting(value: &Value) -> Result<Self, String> {
        value.as_str().map(str::to_owned).ok_or_else(|| "must be a text".to_owned())
    }
}

impl FromSetting for bool {
    fn from_setting(value: &Value) -> Result<Self, String> {
        match value {
            Value::Boolean(flag) => Ok(*flag),
            Value::String(text) if text == "true" => Ok(true),
            Value::String(text) if text == "false" => Ok(false),
            _ => Err("must be true or false".to_owned()),
        }
    }
}

impl FromSetting for u32 {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let number = match value {
            Value::Integer(number) => Self::try_from(*number).ok(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| "must be a whole number".to_owned())
    }
}

/// A length of time, written `"300s"`, `"5m"`, `"12h"` or `"30d"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lifetime(i64);

impl Lifetime {
    /// So many seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Reads a number with its unit.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let unit = match text.chars().last()? {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        let number: u32 = text[..text.len() - 1].parse().ok()?;
        Some(Self(i64::from(number) * unit))
    }

    /// In seconds.
    pub const fn seconds(self) -> i64 {
        self.0
    }
}

impl FromSetting for Lifetime {
    fn from_setting(value: &Value) -> Result<Self, String> {
        value.as_str().and_then(Self::parse).ok_or_else(|| {
            r#"must be a length of time such as "300s", "5m", "12h" or "30d""#.to_owned()
        })
    }
}

impl FromSetting for SocketAddr {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let wanted = || r#"must be an address and a port such as "127.0.0.1:3000""#.to_owned();
        value.as_str().and_then(|text| text.parse().ok()).ok_or_else(wanted)
    }
}

impl FromSetting for Url {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let wanted = || r#"must be an address such as "https://id.example.org""#.to_owned();
        value.as_str().and_then(|text| text.parse().ok()).ok_or_else(wanted)
    }
}

impl FromSetting for IpNet {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let text = value.as_str().unwrap_or_default();
        text.parse()
            .or_else(|_| text.parse::<std::net::IpAddr>().map(Self::from))
            .map_err(|_| r#"must be networks such as "10.0.0.0/8""#.to_owned())
    }
}

impl FromSetting for Algorithm {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let wanted = || {
            let names: Vec<&str> = Self::ALL.iter().map(|algorithm| algorithm.as_str()).collect();
            format!("must be one of {}", names.join(", "))
        };
        value.as_str().and_then(Self::parse).ok_or_else(wanted)
    }
}

impl FromSetting for Delivery {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let wanted = || r#"must be "cookie" or "body""#.to_owned();
        value.as_str().and_then(|text| Self::parse(text).ok()).ok_or_else(wanted)
    }
}

impl<T: FromSetting> FromSetting for Vec<T> {
    fn from_setting(value: &Value) -> Result<Self, String> {
        match value {
            Value::Array(values) => values.iter().map(T::from_setting).collect(),
            Value::String(text) => text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| T::from_setting(&Value::String(part.to_owned())))
                .collect(),
            _ => Err("must be a list".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: FromSetting>(text: &str) -> Result<T, String> {
        T::from_setting(&Value::String(text.to_owned()))
    }

    #[test]
    fn lengths_of_time_have_a_unit() {
        assert_eq!(read::<Lifetime>("90d").unwrap().seconds(), 7_776_000);
        assert_eq!(read::<Lifetime>("5m").unwrap().seconds(), 300);
        for text in ["", "5", "m", "-5m", "1.5h", "5 m", "5é", "99999999999s"] {
            assert!(read::<Lifetime>(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn text_of_the_environment_becomes_lists_and_numbers() {
        assert_eq!(read::<Vec<String>>("a, b,").unwrap(), ["a", "b"]);
        assert_eq!(read::<u32>("20").unwrap(), 20);
        assert_eq!(read::<Vec<IpNet>>("10.0.0.0/8,::1").unwrap().len(), 2);
    }
}
