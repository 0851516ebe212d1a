use axum::extract::Request;
use axum::http::header::HOST;
use carnet_shared::paths;

use crate::settings::{HostName, ServerSettings};

/// To whom a request is addressed. We answer only for the hosts that the deployment is known by, so
/// that no page of another name reaches a server behind a firewall (DNS rebinding).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Addressed {
    /// The host of `server.public_url`, or a health check, which comes by address.
    PublicUrl,
    /// One of `server.allowed_hosts`.
    OtherName,
    /// A host that is not ours.
    Elsewhere,
    /// More than one `Host` header, or none that can be read (RFC 9112 §3.2).
    Unclear,
}

impl Addressed {
    pub(super) fn to(server: &ServerSettings, request: &Request) -> Self {
        let mut headers = request.headers().get_all(HOST).iter();
        let header = headers.next();
        if headers.next().is_some() {
            return Self::Unclear;
        }
        let path = request.uri().path();
        if path == paths::HEALTHZ || path == paths::READYZ {
            return Self::PublicUrl;
        }
        // An address in absolute form holds the host and goes before the header (RFC 9112 §3.2.2).
        let host = match (request.uri().authority(), header) {
            (Some(authority), _) => authority.as_str().as_bytes(),
            (None, Some(header)) => header.as_bytes(),
            (None, None) => return Self::Unclear,
        };
        // As most write it, which needs no parsing.
        if host == server.public_url.authority().as_bytes() {
            return Self::PublicUrl;
        }
        match std::str::from_utf8(host).ok().and_then(HostName::parse) {
            None => Self::Unclear,
            Some(host) if server.public_url.is_host(&host) => Self::PublicUrl,
            Some(host) if server.allowed_hosts.iter().any(|entry| host.is_allowed_by(entry)) => {
                Self::OtherName
            }
            Some(_) => Self::Elsewhere,
        }
    }
}
