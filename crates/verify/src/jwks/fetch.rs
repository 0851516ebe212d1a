use std::error::Error;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

/// Why keys could not be fetched, in the words of whoever fetched them.
pub type FetchError = Box<dyn Error + Send + Sync>;

/// A fetch that is under way.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Fetched, FetchError>> + Send + 'a>>;

/// What an address of published keys answered with status 200.
#[derive(Debug, Clone, Default)]
pub struct Fetched {
    /// The body, a JWKS (RFC 7517 §5).
    pub body: Vec<u8>,
    /// The header `Cache-Control` (RFC 9111 §5.2), whose `max-age` says how long to keep it.
    pub cache_control: Option<String>,
}

/// Fetches published keys. [`crate::HttpFetcher`] does it with reqwest; implement it to use another
/// HTTP client, which then is the one to follow no redirects, to give up after a few seconds and to
/// bound the size of the answer.
pub trait FetchKeys: Debug + Send + Sync {
    /// Fetches what is at this address.
    fn fetch<'a>(&'a self, address: &'a str) -> Fetching<'a>;
}
