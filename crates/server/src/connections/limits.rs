use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::capacity;
use crate::settings::ServerSettings;

/// What the connections of one listener may do.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// How many there may be at once.
    pub max_connections: usize,
    /// How many of them one IPv4 address or one IPv6 /64 may have.
    pub max_per_network: usize,
    /// Networks that the line before does not hold for: those of proxies, behind which many clients
    /// stand, and this machine, on which a proxy may run that the settings do not name.
    pub exempt: Vec<IpNet>,
    /// Networks of proxies.
    pub proxies: Vec<IpNet>,
    /// From the opening of a connection, or the first byte of a further request, to the end of the
    /// request's head.
    pub head: Duration,
    /// From the end of an answer to the first byte of the next request.
    pub idle: Duration,
    /// The same for proxies, which keep connections on purpose. They must be the first to close one,
    /// or they send a request into a connection that is about to close.
    pub proxy_idle: Duration,
    /// How long a body may take to arrive, or an answer to be taken, before the rate counts.
    pub stall: Duration,
    /// Bytes that must pass each second from then on.
    pub min_rate: u32,
    /// From the first byte of a request to the first byte of its answer.
    pub request: Duration,
    /// How long requests in flight may take after the server was told to stop.
    pub drain: Duration,
}

impl ConnectionLimits {
    /// As the settings have it.
    pub fn new(server: &ServerSettings) -> Self {
        Self::with(capacity::max_connections(server.max_connections), server)
    }

    /// For a listener that only a few programs know.
    pub(crate) fn for_operators(server: &ServerSettings) -> Self {
        Self::with(64, server)
    }

    fn with(max_connections: usize, server: &ServerSettings) -> Self {
        let seconds = |lifetime: crate::settings::Lifetime| {
            Duration::from_secs(lifetime.seconds().unsigned_abs())
        };
        Self {
            max_connections,
            max_per_network: (server.max_connections_per_network as usize).min(max_connections),
            exempt: server.trusted_proxies.iter().copied().chain(loopback()).collect(),
            proxies: server.trusted_proxies.clone(),
            head: Duration::from_secs(10),
            idle: seconds(server.idle_timeout),
            // Longer than the load balancers of the large clouds keep theirs.
            proxy_idle: Duration::from_secs(620).max(seconds(server.idle_timeout)),
            stall: Duration::from_secs(20),
            min_rate: 500,
            request: seconds(server.request_timeout),
            drain: Duration::from_secs(8),
        }
    }

    /// How long at most until what is overdue is noticed: connections look at the time by themselves
    /// rather than set a timer for each request.
    pub(super) fn tick(&self) -> Duration {
        let shortest = self.head.min(self.idle).min(self.stall).min(self.request);
        (shortest / 4).max(Duration::from_millis(5))
    }
}

fn loopback() -> [IpNet; 2] {
    let v4 = Ipv4Net::new_assert(Ipv4Addr::LOCALHOST, 8);
    [v4.into(), Ipv6Net::from(Ipv6Addr::LOCALHOST).into()]
}
