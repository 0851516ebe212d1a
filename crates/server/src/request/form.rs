use carnet_shared::MalformedBody;
use percent_encoding::percent_decode;

/// Reads `application/x-www-form-urlencoded`, of a body or a query. Bytes that are not UTF-8 are
/// refused rather than replaced: two different passwords must never become the same text.
///
/// # Errors
/// [`MalformedBody`] where a name or a value is not UTF-8.
pub(crate) fn read_form(bytes: &[u8]) -> Result<Vec<(String, String)>, MalformedBody> {
    let pairs = bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            let mut next = || decode(parts.next().unwrap_or_default());
            Ok((next()?, next()?))
        })
        .collect()
}

/// Undoes the encoding of one name or value of a form.
///
/// # Errors
/// [`MalformedBody`] where it is not UTF-8.
pub(crate) fn decode(text: &[u8]) -> Result<String, MalformedBody> {
    let spaced: Vec<u8> =
        text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    String::from_utf8(percent_decode(&spaced).collect()).map_err(|_| MalformedBody)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<(String, String)> {
        read_form(text).unwrap()
    }

    #[test]
    fn names_and_values_are_decoded() {
        let pairs = read(b"a=1+%2B&&b%3D=%C3%A9=x&c&=d");
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(a, b)| (&**a, &**b)).collect();
        assert_eq!(pairs, [("a", "1 +"), ("b=", "é=x"), ("c", ""), ("", "d")]);
        assert_eq!(read(b""), []);
        assert_eq!(read(b"a=%zz%4"), [("a".to_owned(), "%zz%4".to_owned())]);
    }

    #[test]
    fn what_is_not_utf_8_is_refused_raw_and_encoded() {
        for text in [&b"a=\xff"[..], b"a=%FF", b"\xc3=1", b"a=%C3", b"a=b&c=%ED%A0%80"] {
            assert_eq!(read_form(text), Err(MalformedBody), "{text:?}");
        }
    }
}
