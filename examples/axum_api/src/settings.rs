use std::net::SocketAddr;

use axum::http::HeaderValue;
use clap::Parser;
use url::Url;

/// A JSON API that lets people in with Carnet's access tokens.
#[derive(Debug, Parser)]
#[command(name = "axum-api")]
pub(crate) struct Settings {
    /// Where to listen
    #[arg(long, env = "API_ADDRESS", default_value = "127.0.0.1:4000")]
    pub(crate) address: SocketAddr,
    /// The Carnet whose tokens are accepted
    #[arg(long, env = "API_ISSUER", default_value = "http://127.0.0.1:3000")]
    pub(crate) issuer: String,
    /// The name of this API in Carnet's `tokens.resources`
    #[arg(long, env = "API_AUDIENCE", default_value = "http://127.0.0.1:4000")]
    pub(crate) audience: String,
    /// The origins whose pages may call this API, separated by commas
    #[arg(
        long = "allowed-origin",
        env = "API_ALLOWED_ORIGINS",
        value_delimiter = ',',
        value_parser = origin,
        default_value = "http://127.0.0.1:8080"
    )]
    pub(crate) allowed_origins: Vec<HeaderValue>,
}

/// An origin has no path: browsers send it to the letter.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let origin = url.origin().ascii_serialization();
    if origin != text {
        return Err(format!("this is no origin; did you mean {origin}?"));
    }
    HeaderValue::try_from(origin).map_err(|error| error.to_string())
}
