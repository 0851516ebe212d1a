//! The issuer's published keys: where they are, how they are fetched, and how long they are kept.

mod address;
mod document;
mod fetch;
mod http_fetcher;
mod remote_keys;

pub use address::SetupError;
pub use fetch::{FetchError, FetchKeys, Fetched, Fetching};
pub use http_fetcher::HttpFetcher;
pub use remote_keys::KeysUnavailable;

pub(crate) use address::checked_address;
pub(crate) use remote_keys::{LONGEST_STALE_SECONDS, RemoteKeys, USUAL_STALE_SECONDS};
