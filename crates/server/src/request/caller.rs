use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;

use super::forwarded::client_address;
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
        let server = &app.settings.server;
        let (address, fault) = client_address(peer, &parts.headers, server);
        if let Some(fault) = fault {
            let now = app.clock.now();
            app.forwarded_faults.note(fault, server.forwarded_header, address, now);
        }
        Ok(Self {
            address,
            address_text: address.to_string(),
            user_agent: user_agent(&parts.headers),
        })
    }
}

fn user_agent(headers: &HeaderMap) -> String {
    let bytes = headers.get(USER_AGENT).map_or(&b""[..], |value| value.as_bytes());
    let text = String::from_utf8_lossy(bytes);
    text.chars().filter(|character| !character.is_control()).take(MAX_USER_AGENT).collect()
}
