//! The API as its callers meet it: over HTTP, on both databases.

#![expect(clippy::unwrap_used, reason = "a test says that it failed by panicking")]

mod account_ends;
mod addresses;
mod audit_keep;
mod audit_trail;
mod bad_input;
mod claims;
mod connection_limits;
mod connections;
mod cross_site;
mod database_faults;
mod database_start;
mod elsewhere;
mod endurance;
mod forged_tokens;
#[cfg(feature = "ssr")]
mod guarded_pages;
#[cfg(feature = "ssr")]
mod guarded_routes;
mod health;
mod hosts;
mod introspect;
mod jwks;
mod keys;
mod known_devices;
#[cfg(feature = "ssr")]
mod languages;
mod limits;
mod login;
mod logout;
mod long_tokens;
mod me;
mod metadata;
mod odd_bytes;
#[cfg(feature = "ssr")]
mod pages;
mod password;
#[cfg(feature = "ssr")]
mod posted_forms;
mod refresh;
mod refresh_cookie;
mod register;
mod rejections;
mod resource_server;
mod revocations;
mod revoke;
mod secrets;
#[cfg(feature = "ssr")]
mod server_functions;
mod session;
mod sessions;
mod simplejwt;
mod support;
#[cfg(feature = "testing")]
mod testing;
mod verified_tokens;
