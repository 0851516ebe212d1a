//! What comes back: found in the bytes that have arrived, or not yet whole.

use std::io;
use std::ops::Range;

const MAX_HEADERS: usize = 64;

/// A whole answer, as places in the buffer that it was read from.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parsed {
    pub(super) status: u16,
    pub(super) keeps_open: bool,
    /// The body's pieces: one, unless it came in chunks.
    pub(super) body: Vec<Range<usize>>,
    /// Where `Set-Cookie` values are.
    pub(super) cookies: Vec<Range<usize>>,
    pub(super) end: usize,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body, without the framing of chunks.
    pub body: Vec<u8>,
    /// Names and values of the cookies that it sets, ready to be sent back.
    pub cookies: Vec<String>,
}

impl Answer {
    /// Whether it is what was asked for.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Status and body for whoever looks for a cause.
    #[must_use]
    pub fn described(&self) -> String {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(300).collect();
        format!("{} {body}", self.status)
    }
}

/// Reads an answer; `None` while it is not whole.
///
/// # Errors
/// When this is no answer of HTTP/1.1, or one whose end only the connection's end would tell.
pub(super) fn parse(bytes: &[u8]) -> io::Result<Option<Parsed>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(bytes).map_err(broken)? else {
        return Ok(None);
    };
    let mut length = None;
    let mut is_chunked = false;
    let mut keeps_open = true;
    let mut cookies = Vec::new();
    for header in response.headers.iter() {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        if is("content-length") {
            length = Some(number(header.value, 10)?);
        } else if is("transfer-encoding") {
            is_chunked = header.value.eq_ignore_ascii_case(b"chunked");
        } else if is("connection") {
            keeps_open = !header.value.eq_ignore_ascii_case(b"close");
        } else if is("set-cookie") {
            cookies.push(place_of(header.value, bytes));
        }
    }
    let status = response.code.unwrap_or_default();
    let body = match (is_chunked, length) {
        (true, _) => chunks(bytes, head)?,
        (false, Some(length)) => whole(bytes, head, length),
        (false, None) if matches!(status, 204 | 304) => Some((Vec::new(), head)),
        (false, None) => return Err(broken("neither a length nor chunks")),
    };
    Ok(body.map(|(body, end)| Parsed { status, keeps_open, body, cookies, end }))
}

/// The pieces of a body, and where it ends.
type Body = (Vec<Range<usize>>, usize);

fn whole(bytes: &[u8], start: usize, length: usize) -> Option<Body> {
    let end = start.checked_add(length)?;
    (bytes.len() >= end).then(|| (std::iter::once(start..end).collect(), end))
}

fn chunks(bytes: &[u8], mut at: usize) -> io::Result<Option<Body>> {
    let mut pieces = Vec::new();
    loop {
        let rest = &bytes[at..];
        let Some(line) = rest.windows(2).position(|pair| pair == b"\r\n") else { return Ok(None) };
        let size = rest[..line].split(|byte| *byte == b';').next().unwrap_or_default();
        let size = number(size, 16)?;
        let start = at + line + 2;
        let Some(next) = start.checked_add(size).and_then(|end| end.checked_add(2)) else {
            return Err(broken("a chunk without end"));
        };
        if bytes.len() < next {
            return Ok(None);
        }
        if size == 0 {
            return Ok(Some((pieces, next)));
        }
        pieces.push(start..start + size);
        at = next;
    }
}

fn number(text: &[u8], radix: u32) -> io::Result<usize> {
    let text = std::str::from_utf8(text).map_err(broken)?;
    usize::from_str_radix(text.trim(), radix).map_err(broken)
}

/// Where a part of a buffer lies in it.
fn place_of(part: &[u8], whole: &[u8]) -> Range<usize> {
    let start = part.as_ptr() as usize - whole.as_ptr() as usize;
    start..start + part.len()
}

fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_length_has_come() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
        for cut in 0..text.len() {
            assert_eq!(parse(&text[..cut]).unwrap(), None, "{cut}");
        }
        let parsed = parse(text).unwrap().unwrap();
        assert_eq!((parsed.status, parsed.keeps_open, parsed.end), (200, true, text.len()));
        assert_eq!(&text[parsed.body[0].clone()], b"body");
    }

    #[test]
    fn chunks_are_put_together() {
        let text = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2;x=y\r\ndy\r\n0\r\n\r\n";
        for cut in 0..text.len() {
            assert_eq!(parse(&text[..cut]).unwrap(), None, "{cut}");
        }
        let parsed = parse(text).unwrap().unwrap();
        let pieces: Vec<&[u8]> = parsed.body.iter().map(|place| &text[place.clone()]).collect();
        assert_eq!(pieces, [b"bo", b"dy"]);
        assert_eq!(parsed.end, text.len());
    }

    #[test]
    fn a_server_may_say_that_it_closes() {
        let text =
            b"HTTP/1.1 204 No Content\r\nConnection: close\r\nSet-Cookie: a=b; Path=/\r\n\r\n";
        let parsed = parse(text).unwrap().unwrap();
        assert!(!parsed.keeps_open);
        assert_eq!(&text[parsed.cookies[0].clone()], b"a=b; Path=/");
    }

    #[test]
    fn an_answer_without_an_end_is_refused() {
        assert!(parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
