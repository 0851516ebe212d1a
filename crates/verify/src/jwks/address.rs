use reqwest::Url;
use thiserror::Error;

/// Why a resource server cannot be set up.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The address of the keys is none.
    #[error("{0}: not an address of published keys")]
    Address(String),
    /// Whoever could change the keys on their way could sign tokens.
    #[error("{0}: published keys are fetched over https, or over http from this machine only")]
    Plain(String),
    /// Keys would be kept for too long without hearing of the issuer.
    #[error("keys may be kept for a day at most while the issuer cannot be reached")]
    Stale,
    /// The HTTP client cannot be made, for instance because the system has no certificates.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
}

/// The address of published keys, if they may be fetched from there.
pub(crate) fn checked_address(address: &str) -> Result<Url, SetupError> {
    // Credentials would end up in the log. With a letter in them that should be encoded, they are
    // in a part of the address that nobody expects, and an `@` comes after it.
    if address.contains('@') {
        return Err(SetupError::Address("an address with credentials".to_owned()));
    }
    let url = Url::parse(address).map_err(|_| SetupError::Address(address.to_owned()))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(SetupError::Plain(address.to_owned())),
        _ => Err(SetupError::Address(address.to_owned())),
    }
}

/// Whether the address leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leads_to_this_machine_only() {
        for good in [
            "https://id.example.org/.well-known/jwks.json",
            "http://127.0.0.1:3000/keys",
            "http://127.9.9.9/keys",
            "http://[::1]:3000/keys",
            "http://localhost/keys",
        ] {
            assert!(checked_address(good).is_ok(), "{good}");
        }
        for bad in [
            "http://id.example.org/keys",
            "http://localhost.example.org/keys",
            "http://127.0.0.1.example.org/keys",
            "http://10.0.0.1/keys",
            "https://ada:kettle@id.example.org/keys",
            "https://ada:ket#tle@id.example.org/keys",
            "https://ada:12/kettle@id.example.org/keys",
            "ftp://127.0.0.1/keys",
            "file:///etc/passwd",
            "id.example.org",
            "",
        ] {
            let error = checked_address(bad).unwrap_err().to_string();
            assert!(!error.contains("tle"), "{error}");
        }
    }
}
