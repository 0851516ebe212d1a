use std::time::Duration;

use reqwest::header::{ACCEPT, CACHE_CONTROL};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};

use super::address::{SetupError, is_loopback};
use super::fetch::{FetchError, FetchKeys, Fetched, Fetching};

/// A set of a dozen RSA keys has 6 KiB.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TIMEOUT: Duration = Duration::from_secs(5);

/// Fetches published keys with reqwest: without redirects, within 5 seconds, 64 KiB at most. It
/// trusts the system's certificates and heeds `HTTPS_PROXY`.
#[derive(Debug, Clone)]
pub struct HttpFetcher {
    client: Client,
}

impl HttpFetcher {
    pub(crate) fn new(address: &Url) -> Result<Self, SetupError> {
        let mut client = Client::builder()
            .user_agent(concat!("carnet-verify/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT);
        client = if is_loopback(address) { client.no_proxy() } else { client.https_only(true) };
        Ok(Self { client: client.build().map_err(SetupError::Client)? })
    }

    async fn get(&self, address: &str) -> Result<Fetched, FetchError> {
        let request = self.client.get(address).header(ACCEPT, "application/jwk-set+json, */*");
        let mut response = request.send().await?;
        if response.status() != StatusCode::OK {
            return Err(format!("status {}", response.status()).into());
        }
        let cache_control = response.headers().get(CACHE_CONTROL);
        let cache_control =
            cache_control.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(format!("more than {MAX_ANSWER_BYTES} bytes").into());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Fetched { body, cache_control })
    }
}

impl FetchKeys for HttpFetcher {
    fn fetch<'a>(&'a self, address: &'a str) -> Fetching<'a> {
        Box::pin(self.get(address))
    }
}
