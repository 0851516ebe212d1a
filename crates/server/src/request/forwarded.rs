use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::HeaderMap;

use crate::counts::Counts;
use crate::settings::{ForwardedHeader, ServerSettings};

/// Seconds between two warnings.
const WARN_EVERY: i64 = 60;

/// Why the client behind a trusted proxy is not known. It is then taken for the proxy, with whose
/// other unknown clients it shares the rate limits, so an operator has to hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The proxy did not send the header of the settings.
    Missing,
    /// An entry holds no address.
    Unreadable,
}

impl Fault {
    fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Counts such faults, and warns of them once a minute.
#[derive(Debug, Default)]
pub(crate) struct ForwardedFaults {
    /// How many there were of each kind.
    pub(crate) counts: Counts,
    warned_at: AtomicI64,
}

impl ForwardedFaults {
    pub(crate) fn note(&self, fault: Fault, header: ForwardedHeader, proxy: IpAddr, now: i64) {
        self.counts.count(fault.as_str());
        let warned_at = self.warned_at.load(Ordering::Relaxed);
        let is_due = now.saturating_sub(warned_at).unsigned_abs() >= WARN_EVERY.unsigned_abs();
        let take = || {
            let (relaxed, now) = (Ordering::Relaxed, now);
            self.warned_at.compare_exchange(warned_at, now, relaxed, relaxed).is_ok()
        };
        if is_due && take() {
            let (fault, header) = (fault.as_str(), header.as_str());
            tracing::warn!(
                %proxy, header, fault,
                "a trusted proxy does not name its client, so all its clients share one rate limit; \
                 let it send this header, or set server.forwarded_header to the one that it sends"
            );
        }
    }
}

/// The client's address: the rightmost hop that is no proxy of ours, since whatever stands further
/// left the client may have written itself. Only the header of the settings is read, or a client
/// could choose the other one. Besides the address, what is wrong with that header.
pub(crate) fn client_address(
    peer: IpAddr,
    headers: &HeaderMap,
    server: &ServerSettings,
) -> (IpAddr, Option<Fault>) {
    let is_trusted =
        |address: &IpAddr| server.trusted_proxies.iter().any(|network| network.contains(address));
    let peer = peer.to_canonical();
    if !is_trusted(&peer) {
        return (peer, None);
    }
    let hops = hops(headers, server.forwarded_header);
    if hops.is_empty() {
        return (peer, Some(Fault::Missing));
    }
    let mut nearest = peer;
    for hop in hops.into_iter().rev() {
        let Some(address) = hop else { return (nearest, Some(Fault::Unreadable)) };
        nearest = address;
        if !is_trusted(&nearest) {
            break;
        }
    }
    (nearest, None)
}

/// The hops that a header names, the nearest last; `None` for one that is no address.
fn hops(headers: &HeaderMap, header: ForwardedHeader) -> Vec<Option<IpAddr>> {
    let values = headers.get_all(header.as_str()).iter();
    let entries = values.flat_map(|value| split(value.as_bytes(), b','));
    entries
        .map(|entry| match header {
            ForwardedHeader::XForwardedFor => address(entry),
            ForwardedHeader::Forwarded => {
                let mut pairs = split(entry, b';').into_iter().map(<[u8]>::trim_ascii);
                pairs.find_map(|pair| {
                    let (name, value) = pair.split_at_checked(4)?;
                    name.eq_ignore_ascii_case(b"for=").then(|| address(value))?
                })
            }
        })
        .collect()
}

/// The parts between separators that stand outside of quotes.
fn split(bytes: &[u8], separator: u8) -> Vec<&[u8]> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    bytes
        .split(|byte| {
            let ends = *byte == separator && !is_quoted;
            match *byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if is_quoted => is_escaped = true,
                b'"' => is_quoted = !is_quoted,
                _ => {}
            }
            ends
        })
        .collect()
}

/// Reads an address as proxies write it: alone, with a port, in brackets, in quotes. `unknown` and
/// obfuscated identifiers (RFC 7239 §6.3) are none.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let bare = || text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = match text.parse::<SocketAddr>() {
        Ok(address) => address.ip(),
        Err(_) => bare().parse().ok()?,
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::settings::{SettingSource, Settings};

    fn server(trusted: &[&str], header: &str) -> ServerSettings {
        let assignments = vec![
            format!("server.trusted_proxies={}", trusted.join(",")),
            format!("server.forwarded_header={header}"),
        ];
        let file = Some("/dev/null".into());
        let source = SettingSource { file, assignments, ..SettingSource::default() };
        Settings::read(&source).unwrap().server
    }

    fn headers(name: &'static str, values: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_bytes(value).unwrap());
        }
        headers
    }

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> (String, Option<Fault>) {
        let values: Vec<&[u8]> = forwarded.iter().map(|text| text.as_bytes()).collect();
        let headers = headers("x-forwarded-for", &values);
        let server = server(trusted, "x-forwarded-for");
        let (address, fault) = client_address(peer.parse().unwrap(), &headers, &server);
        (address.to_string(), fault)
    }

    fn known(address: &str) -> (String, Option<Fault>) {
        (address.to_owned(), None)
    }

    #[test]
    fn a_forwarded_address_is_believed_only_from_a_trusted_proxy() {
        assert_eq!(seen("203.0.113.1", &["198.51.100.7"], &[]), known("203.0.113.1"));
        assert_eq!(seen("10.0.0.1", &["198.51.100.7"], &["10.0.0.0/8"]), known("198.51.100.7"));
    }

    #[test]
    fn what_the_client_wrote_itself_does_not_count() {
        let trusted = ["10.0.0.0/8"];
        let client = known("198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 198.51.100.7, 10.0.0.2"], &trusted), client);
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "198.51.100.7"], &trusted), client);
        assert_eq!(seen("10.0.0.1", &["Zürich, 198.51.100.7"], &trusted), client);
    }

    #[test]
    fn an_address_may_have_a_port_brackets_and_quotes() {
        for (text, address) in [
            ("198.51.100.7:4711", "198.51.100.7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
            ("\"198.51.100.7\"", "198.51.100.7"),
            ("\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
        ] {
            assert_eq!(seen("10.0.0.1", &[text], &["10.0.0.0/8"]), known(address), "{text}");
        }
    }

    #[test]
    fn junk_is_no_way_around_and_not_silent() {
        for text in ["a", "198.51.100.7, ", "unknown", "_hidden", "Zürich", "1.2.3.4.5", "[::1", ""]
        {
            let expected = ("10.0.0.1".to_owned(), Some(Fault::Unreadable));
            assert_eq!(seen("10.0.0.1", &[text], &["10.0.0.0/8"]), expected, "{text}");
        }
        let expected = ("10.0.0.1".to_owned(), Some(Fault::Missing));
        assert_eq!(seen("10.0.0.1", &[], &["10.0.0.0/8"]), expected);
    }

    #[test]
    fn the_standard_header_is_read_with_its_quotes_and_parameters() {
        let server = server(&["10.0.0.0/8"], "forwarded");
        for (text, address) in [
            ("for=198.51.100.7", "198.51.100.7"),
            ("For=\"[2001:db8::7]:4711\";proto=https;by=203.0.113.43", "2001:db8::7"),
            ("for=1.1.1.1, proto=https ; for=198.51.100.7", "198.51.100.7"),
            (
                "for=1.1.1.1;by=\"a,b;for=2.2.2.2\\\",\", for=198.51.100.7, for=10.0.0.9",
                "198.51.100.7",
            ),
        ] {
            let headers = headers("forwarded", &[text.as_bytes()]);
            let seen = client_address("10.0.0.1".parse().unwrap(), &headers, &server);
            assert_eq!(seen, (address.parse().unwrap(), None), "{text}");
        }
        for text in ["for=_hidden", "for=unknown", "proto=https", "for=", "for=\"198.51.100.7"] {
            let headers = headers("forwarded", &[text.as_bytes()]);
            let (_, fault) = client_address("10.0.0.1".parse().unwrap(), &headers, &server);
            assert_eq!(fault, Some(Fault::Unreadable), "{text}");
        }
    }

    #[test]
    fn a_client_cannot_choose_the_other_header() {
        let peer = "10.0.0.1".parse().unwrap();
        for (read, other, value) in [
            ("forwarded", "x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-for", "forwarded", "for=1.1.1.1"),
        ] {
            let headers = headers(other, &[value.as_bytes()]);
            let seen = client_address(peer, &headers, &server(&["10.0.0.0/8"], read));
            assert_eq!(seen, (peer, Some(Fault::Missing)));
        }
    }

    #[test]
    fn faults_are_counted_each_time() {
        let faults = ForwardedFaults::default();
        let proxy = "10.0.0.1".parse().unwrap();
        for now in 0..3 {
            faults.note(Fault::Unreadable, ForwardedHeader::Forwarded, proxy, now);
        }
        assert_eq!(faults.counts.all()["unreadable"], 3);
    }
}
