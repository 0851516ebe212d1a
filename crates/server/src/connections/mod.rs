//! Connections: how many there may be, how long each may do nothing, and which one makes room for
//! the next. HTTP/1.1 only; what speaks HTTP/2 or TLS to browsers is the proxy in front.

mod accept;
mod activity;
mod capacity;
mod exchange;
mod limits;
mod network;
mod refusal;
mod registry;
mod run;
mod stream;

pub(crate) use accept::accept_until;
pub(crate) use capacity::raise_descriptor_limit;
pub use limits::ConnectionLimits;
