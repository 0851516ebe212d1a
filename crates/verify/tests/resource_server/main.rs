//! A resource server as its app meets it, with an issuer that answers what the test wants and a
//! clock that the test turns.

#![expect(clippy::unwrap_used, reason = "a test says that it failed by panicking")]

mod fetching;
mod outage;
mod protect;
mod rotation;
mod support;
