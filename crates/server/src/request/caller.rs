use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use ipnet::IpNet;

use crate::app::App;

/// Longer names of clients are cut.
const MAX_USER_AGENT: usize = 256;

/// Who sends a request, as far as the network tells.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The client's address, seen through trusted proxies.
    pub(crate) address: IpAddr,
    /// The same as text.
    pub(crate) address_text: String,
    /// As the client calls itself, on one line.
    pub(crate) user_agent: String,
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // Absent only where somebody mounts the router without it: then all share one bucket.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        let address = client_address(peer, &parts.headers, &app.settings.server.trusted_proxies);
        Ok(Self {
            address,
            address_text: address.to_string(),
            user_agent: user_agent(&parts.headers),
        })
    }
}

/// The rightmost hop of `X-Forwarded-For` that is no proxy of ours: whatever stands further left
/// the client may have written itself.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let peer = peer.to_canonical();
    if !is_trusted(&peer) {
        return peer;
    }
    let mut nearest = peer;
    let forwarded = headers.get_all("x-forwarded-for").iter();
    let hops: Vec<&str> = forwarded
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in hops.into_iter().rev() {
        let Ok(address) = hop.trim().parse::<IpAddr>() else { return nearest };
        nearest = address.to_canonical();
        if !is_trusted(&nearest) {
            return nearest;
        }
    }
    nearest
}

fn user_agent(headers: &HeaderMap) -> String {
    let bytes = headers.get(USER_AGENT).map_or(&b""[..], |value| value.as_bytes());
    let text = String::from_utf8_lossy(bytes);
    text.chars().filter(|character| !character.is_control()).take(MAX_USER_AGENT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_forwarded_address_is_believed_only_from_a_trusted_proxy() {
        assert_eq!(seen("203.0.113.1", &["198.51.100.7"], &[]), "203.0.113.1");
        assert_eq!(seen("10.0.0.1", &["198.51.100.7"], &["10.0.0.0/8"]), "198.51.100.7");
    }

    #[test]
    fn what_the_client_wrote_itself_does_not_count() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(
            seen("10.0.0.1", &["1.1.1.1, 198.51.100.7, 10.0.0.2"], &trusted),
            "198.51.100.7"
        );
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "198.51.100.7"], &trusted), "198.51.100.7");
    }

    #[test]
    fn junk_is_no_way_around() {
        assert_eq!(seen("10.0.0.1", &["a"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["198.51.100.7, "], &["10.0.0.0/8"]), "10.0.0.1");
    }
}
