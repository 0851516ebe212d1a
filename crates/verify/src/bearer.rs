use crate::Refusal;

/// What an `Authorization` header holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Bearer<'a> {
    /// There is none.
    Absent,
    /// A bearer token, not yet looked at.
    Token(&'a str),
}

/// Reads the `Authorization` headers of a request (RFC 6750 §2.1). The scheme is compared without
/// regard to case and followed by one space or more (RFC 9110 §11).
///
/// # Errors
/// [`Refusal::Malformed`] for another scheme, for more than one header, and for bytes that no token
/// has.
pub fn bearer_token<'a>(
    headers: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Bearer<'a>, Refusal> {
    let mut headers = headers.into_iter();
    let Some(header) = headers.next() else { return Ok(Bearer::Absent) };
    if headers.next().is_some() {
        return Err(Refusal::Malformed);
    }
    let header = std::str::from_utf8(header).map_err(|_| Refusal::Malformed)?;
    let Some((scheme, rest)) = header.split_once([' ', '\t']) else {
        return Err(Refusal::Malformed);
    };
    let token = rest.trim_start_matches([' ', '\t']);
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(Bearer::Token(token))
    } else {
        Err(Refusal::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_has_no_case_and_exactly_one_header_counts() {
        assert_eq!(bearer_token([b"bEaReR abc".as_slice()]), Ok(Bearer::Token("abc")));
        assert_eq!(bearer_token([b"Bearer  \t abc".as_slice()]), Ok(Bearer::Token("abc")));
        assert_eq!(bearer_token([]), Ok(Bearer::Absent));
        for headers in
            [vec!["Basic abc"], vec!["Bearer"], vec!["Bearer  "], vec!["Bearer a", "Bearer b"]]
        {
            let bytes = headers.iter().map(|header| header.as_bytes());
            assert_eq!(bearer_token(bytes), Err(Refusal::Malformed), "{headers:?}");
        }
    }
}
