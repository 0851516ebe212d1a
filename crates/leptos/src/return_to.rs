use carnet_client::is_local_path;
use carnet_shared::paths::pages;

/// Longer addresses are not returned to. Written into a query they grow to three times the size, and
/// some proxies take no header line over 8 kB.
const MAX_LENGTH: usize = 2_000;

/// Reads where to go after signing in from an address or a form: only a path of this site is
/// followed, whatever somebody has put into a link, and only one of a sensible length.
pub fn return_to(text: &str) -> Option<&str> {
    (text.len() <= MAX_LENGTH && is_local_path(text)).then_some(text)
}

/// The page to sign in on, with where to go afterwards. `prefix` is the path that Carnet's pages are
/// under, empty for none.
pub fn sign_in_path(prefix: &str, next: &str) -> String {
    match return_to(next) {
        Some(next) => [prefix, pages::LOGIN, "?next=", &query_value(next)].concat(),
        None => [prefix, pages::LOGIN].concat(),
    }
}

/// Writes a path so that it can stand in a query.
fn query_value(path: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut written = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            written.push(char::from(byte));
        } else {
            let digits = [byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)]));
            written.extend(['%', digits[0], digits[1]]);
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_back_to_a_path_of_this_site() {
        assert_eq!(return_to("/sessions"), Some("/sessions"));
        assert_eq!(
            sign_in_path("", "/sessions?a=1&b=é"),
            "/login?next=/sessions%3Fa%3D1%26b%3D%C3%A9"
        );
    }

    #[test]
    fn signing_in_leads_to_no_address_of_any_length() {
        let path = |length: usize| "/".to_owned() + &"é".repeat(length / 2);
        assert!(sign_in_path("", &path(MAX_LENGTH - 2)).len() < 6_100);
        assert_eq!(sign_in_path("/account", &path(MAX_LENGTH)), "/account/login");
        assert_eq!(return_to(&path(180_000)), None);
    }

    #[test]
    fn signing_in_leads_nowhere_else() {
        for text in ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil", ""] {
            assert_eq!(return_to(text), None, "{text:?}");
            assert_eq!(sign_in_path("", text), "/login");
        }
    }
}
