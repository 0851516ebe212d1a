/// Whether a text is a path on the same origin and nothing else: it starts with one `/`, and
/// browsers cannot read it as the address of another host. What fails this gets no access token
/// and leads nobody anywhere.
pub fn is_local_path(text: &str) -> bool {
    let mut bytes = text.bytes();
    // Browsers read `\` as `/` and drop tabs and line breaks wherever they are.
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_same_origin_are_local() {
        for text in ["/", "/profile", "/profile?tab=name#top", "/a//b", "/zoë"] {
            assert!(is_local_path(text), "{text:?}");
        }
    }

    #[test]
    fn what_could_lead_to_another_host_is_not_local() {
        for text in [
            "",
            "profile",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/profile\r\nSet-Cookie: a=b",
            " /profile",
            "javascript:alert(1)",
            "/\u{85}/evil.example",
        ] {
            assert!(!is_local_path(text), "{text:?}");
        }
    }
}
