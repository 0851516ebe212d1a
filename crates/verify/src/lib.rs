//! Verifies Carnet's access tokens: one pipeline with the whole policy, for Carnet itself and for
//! the services that trust it. It has no database and no clock of its own.
//!
//! With the feature `jwks` there is also a `ResourceServer`, which fetches and keeps the issuer's
//! published keys; with `axum`, what protects the routes of an app by one argument or one line.

mod algorithm;
mod bearer;
#[cfg(feature = "jwks")]
mod clock;
mod header;
#[cfg(feature = "jwks")]
mod jwks;
mod key_set;
#[cfg(feature = "axum")]
mod protect;
mod refusal;
#[cfg(feature = "jwks")]
mod resource_server;
mod verified;
mod verifier;

pub use algorithm::Algorithm;
pub use bearer::{Bearer, bearer_token};
pub use carnet_shared::MAX_TOKEN_LENGTH;
#[cfg(feature = "jwks")]
pub use clock::{Clock, SystemClock};
#[cfg(feature = "jwks")]
pub use jwks::{
    FetchError, FetchKeys, Fetched, Fetching, HttpFetcher, KeysUnavailable, SetupError,
};
pub use key_set::{KeyRefusal, KeySet, VerifyingKey};
#[cfg(feature = "axum")]
pub use protect::{Authenticated, Denied, RequireToken, RequireTokenService};
pub use refusal::Refusal;
#[cfg(feature = "jwks")]
pub use resource_server::{ResourceServer, ResourceServerBuilder, TokenError};
pub use verified::Verified;
pub use verifier::{NOT_BEFORE_LEEWAY_SECONDS, Verifier, key_id};

/// The examples of the documentation, compiled.
#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../../../docs/resource-servers.md")]
mod documentation {}
