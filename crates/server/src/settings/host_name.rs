use std::fmt;

use toml::Value;
use url::Host;

use super::value::FromSetting;

/// What a `Host` header holds: a name or an address in lower case, and a port where one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName {
    host: Host,
    port: Option<u16>,
}

impl HostName {
    /// Reads a `Host` header; `None` where it is no host (RFC 9110 §7.2).
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = match text.rsplit_once(':') {
            // A colon inside the brackets of an IPv6 address is none before a port.
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (text, None),
        };
        let port = match port {
            // RFC 3986 §3.2.3: a port may be empty, and then it is as if there were none.
            None | Some("") => None,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(digits.parse().ok()?)
            }
            Some(_) => return None,
        };
        if host.is_empty() || !host.is_ascii() || host.contains('%') {
            return None;
        }
        Some(Self { host: Host::parse(host).ok()?, port })
    }

    /// Whether it is this host on this port, or says no port where that is the scheme's own.
    pub(crate) fn is_at(&self, host: &Host<&str>, port: u16, default_port: u16) -> bool {
        same_host(&self.host, host) && self.port.unwrap_or(default_port) == port
    }

    /// Whether it is named by an entry of `server.allowed_hosts`. Without a port an entry stands for
    /// the ports that browsers leave out.
    pub(crate) fn is_allowed_by(&self, entry: &Self) -> bool {
        let is_default = |port: Option<u16>| matches!(port, None | Some(80 | 443));
        let is_same_port = match entry.port {
            None => is_default(self.port),
            Some(port) => {
                self.port == Some(port) || (self.port.is_none() && is_default(entry.port))
            }
        };
        self.host == entry.host && is_same_port
    }
}

fn same_host(one: &Host, other: &Host<&str>) -> bool {
    match (one, other) {
        (Host::Domain(one), Host::Domain(other)) => one == other,
        (Host::Ipv4(one), Host::Ipv4(other)) => one == other,
        (Host::Ipv6(one), Host::Ipv6(other)) => one == other,
        _ => false,
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.host.fmt(formatter)?;
        self.port.map_or(Ok(()), |port| write!(formatter, ":{port}"))
    }
}

impl FromSetting for HostName {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let text = value.as_str().unwrap_or_default();
        if text.contains("://") || text.contains('/') {
            return Err(
                r#"must be hosts without scheme and path: write "id.example.org", not "https://id.example.org/""#
                    .to_owned(),
            );
        }
        Self::parse(text)
            .ok_or_else(|| r#"must be hosts such as "id.internal" or "10.0.0.7:3000""#.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> HostName {
        HostName::parse(text).unwrap()
    }

    #[test]
    fn a_host_is_read_with_and_without_its_port() {
        for text in
            ["id.example.org", "id.example.org:8443", "10.0.0.7:3000", "[::1]", "[::1]:3000"]
        {
            assert_eq!(host(text).to_string(), text);
        }
        assert_eq!(host("ID.Example.org:"), host("id.example.org"));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in [
            "",
            ":443",
            "a b",
            "a:b",
            "a:99999",
            "a/b",
            "user@a",
            "a:+1",
            "ä.example",
            "%61",
            "[::1",
        ] {
            assert_eq!(HostName::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_entry_without_a_port_stands_for_the_ports_that_browsers_leave_out() {
        let is_allowed = |text, entry| host(text).is_allowed_by(&host(entry));
        assert!(is_allowed("a.test", "a.test") && is_allowed("a.test:443", "a.test"));
        assert!(is_allowed("a.test:80", "a.test") && is_allowed("a.test", "a.test:443"));
        assert!(is_allowed("a.test:3000", "a.test:3000"));
        assert!(!is_allowed("a.test:3000", "a.test") && !is_allowed("a.test", "a.test:3000"));
        assert!(!is_allowed("b.test", "a.test"));
    }

    #[test]
    fn an_address_in_the_place_of_a_host_says_what_to_write() {
        for text in ["https://id.example.org", "http://a", "id.example.org/"] {
            let problem = HostName::from_setting(&Value::String(text.to_owned())).unwrap_err();
            assert!(problem.contains("without scheme"), "{problem}");
        }
    }
}
