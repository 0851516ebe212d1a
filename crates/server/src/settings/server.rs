use std::net::SocketAddr;

use ipnet::IpNet;
use toml::Value;
use url::{Host, Url};

use super::value::FromSetting;
use super::{Reader, SettingError};

/// `[server]`
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Where to listen; `127.0.0.1:3000` by default.
    pub address: SocketAddr,
    /// Under which origin people and services reach it, without a trailing slash; by default
    /// `http://127.0.0.1` with the port of `address`. Plain http only on loopback.
    pub public_url: Origin,
    /// Further values of the `Host` header to answer for.
    pub allowed_hosts: Vec<String>,
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Other origins whose scripts may call the API (CORS), compared to the letter.
    pub allowed_origins: Vec<Origin>,
    /// Who may make an account.
    pub registration: Registration,
}

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Everybody.
    Open,
    /// Only operators, with `carnet user add`.
    Closed,
}

/// A scheme, a host and a port (RFC 6454), as browsers write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    url: Url,
    text: String,
}

impl Origin {
    /// As browsers write it in an `Origin` header.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// As clients write it in a `Host` header.
    pub fn authority(&self) -> &str {
        self.text.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// Whether it is reached over TLS.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The port, given or the scheme's own.
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        }
    }
}

impl FromSetting for Origin {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let url = Url::from_setting(value)?;
        let is_bare = matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty();
        if !is_bare {
            return Err(
                "must be a scheme and a host only, such as \"https://id.example.org\"".to_owned()
            );
        }
        let text = url.origin().ascii_serialization();
        Ok(Self { url, text })
    }
}

impl FromSetting for Registration {
    fn from_setting(value: &Value) -> Result<Self, String> {
        match value.as_str() {
            Some("open") => Ok(Self::Open),
            Some("closed") => Ok(Self::Closed),
            _ => Err(r#"must be "open" or "closed""#.to_owned()),
        }
    }
}

impl ServerSettings {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, SettingError> {
        let address = reader.or("server.address", SocketAddr::from(([127, 0, 0, 1], 3000)))?;
        let public_url = match reader.optional("server.public_url")? {
            Some(url) => url,
            None => {
                Origin::from_setting(&Value::String(format!("http://127.0.0.1:{}", address.port())))
                    .map_err(|problem| SettingError::new("server.public_url", problem))?
            }
        };
        if !public_url.is_https() && !public_url.is_loopback() {
            return Err(SettingError::new(
                "server.public_url",
                "must begin with https:// unless it is on this machine: passwords would cross the network in the open",
            ));
        }
        Ok(Self {
            address,
            public_url,
            allowed_hosts: reader.or("server.allowed_hosts", Vec::new())?,
            trusted_proxies: reader.or("server.trusted_proxies", Vec::new())?,
            allowed_origins: reader.or("server.allowed_origins", Vec::new())?,
            registration: reader.or("server.registration", Registration::Open)?,
        })
    }
}
