use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};

/// What a body says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// Anything else, nothing, or more than one thing.
    Other,
}

impl MediaType {
    /// Reads `Content-Type`, whatever its parameters are.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(CONTENT_TYPE).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return Self::Other };
        let essence = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
        let essence = essence.trim_ascii();
        if essence.eq_ignore_ascii_case(b"application/json") {
            Self::Json
        } else if essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
            Self::Form
        } else {
            Self::Other
        }
    }
}

/// Whether a body is compressed or otherwise encoded, which nothing here undoes.
pub(crate) fn is_encoded(headers: &HeaderMap) -> bool {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let mut codings = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    codings.any(|coding| {
        let coding = coding.trim_ascii();
        !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity")
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(values: &[&[u8]]) -> MediaType {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_TYPE, HeaderValue::from_bytes(value).unwrap());
        }
        MediaType::of(&headers)
    }

    #[test]
    fn parameters_change_nothing_whatever_their_bytes() {
        assert_eq!(of(&[b"Application/JSON ; charset=\xfc"]), MediaType::Json);
        assert_eq!(of(&[b"application/x-www-form-urlencoded"]), MediaType::Form);
        assert_eq!(of(&[b"application/jsonx"]), MediaType::Other);
        assert_eq!(of(&[]), MediaType::Other);
    }

    #[test]
    fn two_types_are_none() {
        assert_eq!(of(&[b"application/json", b"text/plain"]), MediaType::Other);
    }

    #[test]
    fn identity_is_no_encoding() {
        for (value, encoded) in
            [("identity", false), ("", false), ("gzip", true), ("identity, br", true)]
        {
            let headers = HeaderMap::from_iter([(CONTENT_ENCODING, value.parse().unwrap())]);
            assert_eq!(is_encoded(&headers), encoded, "{value}");
        }
    }
}
