use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use uuid::Uuid;

use super::finish::RequestId;
use super::forwarded::client_address;
use crate::app::App;
use crate::audit::{Actor, Origin};

/// Longer names of clients are cut: they are stored.
const MAX_USER_AGENT_BYTES: usize = 256;

/// Who sends a request, as far as the network tells.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The client's address, seen through trusted proxies.
    pub(crate) address: IpAddr,
    /// The same as text.
    pub(crate) address_text: String,
    /// As the client calls itself, on one line.
    pub(crate) user_agent: String,
    /// Names the request, as its answer and the log do.
    pub(crate) request_id: Uuid,
}

impl Caller {
    /// Where an event comes from that somebody caused who has proved to be this user.
    pub(crate) fn as_user<'a>(&'a self, user_id: &'a str) -> Origin<'a> {
        self.origin(Actor::User(user_id))
    }

    /// The same where nothing was proved.
    pub(crate) fn anonymous(&self) -> Origin<'_> {
        self.origin(Actor::Anonymous)
    }

    fn origin<'a>(&'a self, actor: Actor<'a>) -> Origin<'a> {
        Origin {
            actor,
            address: &self.address_text,
            device: &self.user_agent,
            request_id: self.request_id,
        }
    }
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
            request_id: parts.extensions.get().map_or(Uuid::nil(), |&RequestId(id)| id),
        })
    }
}

fn user_agent(headers: &HeaderMap) -> String {
    let bytes = headers.get(USER_AGENT).map_or(&b""[..], |value| value.as_bytes());
    let text = String::from_utf8_lossy(bytes);
    let mut text: String = text.chars().filter(|character| !character.is_control()).collect();
    text.truncate(text.floor_char_boundary(MAX_USER_AGENT_BYTES));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_calls_itself_takes_256_bytes_at_most() {
        let called = |bytes: &[u8]| {
            let value = axum::http::HeaderValue::from_bytes(bytes).unwrap();
            user_agent(&HeaderMap::from_iter([(USER_AGENT, value)]))
        };
        assert_eq!(called("a".repeat(300).as_bytes()), "a".repeat(256));
        assert_eq!(called("🎩".repeat(300).as_bytes()), "🎩".repeat(64));
        assert_eq!(called(format!("a{}", "é".repeat(300)).as_bytes()).len(), 255);
        // What is no UTF-8 grows when it is made readable.
        assert!(called(&[0xff; 300]).len() <= 256);
    }
}
