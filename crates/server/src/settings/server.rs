use std::net::SocketAddr;

use ipnet::IpNet;
use toml::Value;
use url::{Host, Url};

use super::value::FromSetting;
use super::{HostName, Lifetime, Reader, SettingError};

/// `[server]`
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Where to listen; `127.0.0.1:3000` by default.
    pub address: SocketAddr,
    /// Under which origin people and services reach it, without a trailing slash; by default
    /// `http://127.0.0.1` with the port of `address`. Plain http only on loopback.
    pub public_url: Origin,
    /// Further hosts to answer for: the API answers there, pages lead to `public_url`.
    pub allowed_hosts: Vec<HostName>,
    /// Networks of proxies, which are believed when they name the client.
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which these proxies name the client; the other one is never read.
    pub forwarded_header: ForwardedHeader,
    /// Other origins whose scripts may call the API (CORS), compared to the letter.
    pub allowed_origins: Vec<Origin>,
    /// Who may make an account.
    pub registration: Registration,
    /// Connections at once; by default as many as descriptors and memory allow.
    pub max_connections: Option<u32>,
    /// Connections of one IPv4 address or one IPv6 /64; those of trusted proxies are not counted.
    pub max_connections_per_network: u32,
    /// How long a connection may rest between two requests.
    pub idle_timeout: Lifetime,
    /// How long a request may take from its first byte to the first byte of its answer.
    pub request_timeout: Lifetime,
}

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Everybody.
    Open,
    /// Only operators, with `carnet user add`.
    Closed,
}

/// The header in which a proxy names the client for whom it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, which nearly all proxies write.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl ForwardedHeader {
    /// Its name in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }
}

impl FromSetting for ForwardedHeader {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let text = value.as_str().unwrap_or_default();
        [Self::XForwardedFor, Self::Forwarded]
            .into_iter()
            .find(|header| header.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| r#"must be "x-forwarded-for" or "forwarded""#.to_owned())
    }
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

    /// The host without the port; an IPv6 address stands in brackets.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whether it is reached over TLS.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The port, given or the scheme's own.
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// Whether a `Host` header names it, with or without the scheme's own port.
    pub(crate) fn is_host(&self, host: &HostName) -> bool {
        let default_port = if self.is_https() { 443 } else { 80 };
        self.url.host().is_some_and(|own| host.is_at(&own, self.port(), default_port))
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
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
            forwarded_header: reader
                .or("server.forwarded_header", ForwardedHeader::XForwardedFor)?,
            allowed_origins: reader.or("server.allowed_origins", Vec::new())?,
            registration: reader.or("server.registration", Registration::Open)?,
            max_connections: positive(reader, "server.max_connections")?,
            max_connections_per_network: positive(reader, "server.max_connections_per_network")?
                .unwrap_or(PER_NETWORK),
            idle_timeout: timeout(reader, "server.idle_timeout", 75)?,
            request_timeout: timeout(reader, "server.request_timeout", 60)?,
        })
    }
}

/// Many people can share an address; a browser opens six connections at most.
const PER_NETWORK: u32 = 512;

fn positive(reader: &mut Reader, name: &str) -> Result<Option<u32>, SettingError> {
    match reader.optional(name)? {
        Some(0) => Err(SettingError::new(name, "must be at least 1")),
        number => Ok(number),
    }
}

fn timeout(reader: &mut Reader, name: &str, default: i64) -> Result<Lifetime, SettingError> {
    let timeout = reader.or(name, Lifetime::from_seconds(default))?;
    if (1..=3_600).contains(&timeout.seconds()) {
        Ok(timeout)
    } else {
        Err(SettingError::new(name, r#"must be between "1s" and "1h""#))
    }
}
