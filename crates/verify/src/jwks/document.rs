use jsonwebtoken::jwk::JwkSet;
use serde::Deserialize;
use serde_json::Value;

use super::fetch::{FetchError, Fetched};
use crate::KeySet;

/// How long keys are kept where the answer does not say, and at most, in seconds. Carnet publishes
/// a key twice as long before it signs.
pub(super) const MAX_AGE_SECONDS: i64 = 300;

/// Keys by their own account: those that can be used, and how long, in seconds.
pub(super) fn read(fetched: &Fetched) -> Result<(KeySet, i64), FetchError> {
    /// Keys one by one, so that one of a kind that nobody knew yet does not spoil the others
    /// (RFC 7517 §5).
    #[derive(Deserialize)]
    struct Document {
        keys: Vec<Value>,
    }
    let document: Document = serde_json::from_slice(&fetched.body)?;
    let keys = document.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
    let keys = KeySet::from_jwks(&JwkSet { keys: keys.collect() });
    if keys.is_empty() {
        // Not the word of somebody who has signed a token that is still good.
        return Err("no key in it can be used".into());
    }
    Ok((keys, fetched.cache_control.as_deref().map_or(MAX_AGE_SECONDS, max_age)))
}

/// The `max-age` of a `Cache-Control` header (RFC 9111 §5.2.2.1).
fn max_age(header: &str) -> i64 {
    let directives = header.split(',').map(|directive| directive.trim().to_ascii_lowercase());
    let mut seconds = MAX_AGE_SECONDS;
    for directive in directives {
        if directive == "no-store" || directive == "no-cache" {
            return 0;
        }
        if let Some(value) = directive.strip_prefix("max-age=") {
            // RFC 9111 §4.2.1: what cannot be read counts as stale.
            seconds = value.trim_matches('"').parse().map_or(0, |value: u32| i64::from(value));
        }
    }
    seconds.min(MAX_AGE_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_as_long_as_it_says_and_five_minutes_at_most() {
        for (header, seconds) in [
            ("public, max-age=300", 300),
            ("max-age=60", 60),
            ("Max-Age=\"60\", public", 60),
            ("max-age=86400", 300),
            ("max-age=-1", 0),
            ("max-age=soon", 0),
            ("public", 300),
            ("", 300),
            ("no-cache", 0),
            ("max-age=60, no-store", 0),
        ] {
            assert_eq!(max_age(header), seconds, "{header}");
        }
    }

    #[test]
    fn what_holds_no_usable_key_is_no_set_of_keys() {
        let secret = r#"{"keys": [{"kty": "oct", "kid": "s", "alg": "HS256", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldC1zZWNyZXQ"}]}"#;
        for body in ["", "<html>", "{}", "[]", r#"{"keys": {}}"#, r#"{"keys": []}"#, secret] {
            let fetched = Fetched { body: body.into(), cache_control: None };
            assert!(read(&fetched).is_err(), "{body}");
        }
    }
}
