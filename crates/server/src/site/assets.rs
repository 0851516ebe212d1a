use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rust_embed::{EmbeddedFile, RustEmbed};

/// The built site: inside the program in a release, read from its folder in a debug build.
#[derive(RustEmbed)]
#[folder = "../../target/site"]
pub(super) struct Site;

/// The addresses of the files in a folder of the site, without their compressed forms.
pub(super) fn names_in(folder: &str) -> impl Iterator<Item = String> {
    let folder = format!("{folder}/");
    let is_variant = |path: &str| ENCODINGS.iter().any(|(_, ending)| path.ends_with(ending));
    Site::iter()
        .filter(move |path| path.starts_with(&folder) && !is_variant(path))
        .map(|path| format!("/{path}"))
}

/// How the files are compressed when they are built, the better one first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// A file of the site, in the smallest form that the client takes; `None` when there is none.
pub(super) fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let path = path.strip_prefix('/')?;
    let is_variant = ENCODINGS.iter().any(|(_, ending)| path.ends_with(ending));
    if path.is_empty() || path.contains("..") || is_variant {
        return None;
    }
    let (encoding, file) = smallest(path, headers)?;
    let etag = etag(&file, encoding);
    let mut answer = HeaderMap::new();
    answer.insert(CONTENT_TYPE, content_type(path));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(caching(path)));
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    let is_known = headers.get_all(IF_NONE_MATCH).iter().any(|known| names(known, &etag));
    answer.insert(ETAG, etag);
    if is_known {
        return Some((StatusCode::NOT_MODIFIED, answer).into_response());
    }
    if let Some(encoding) = encoding {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    let body = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    Some((answer, Body::from(body)).into_response())
}

fn smallest(path: &str, headers: &HeaderMap) -> Option<(Option<&'static str>, EmbeddedFile)> {
    let compressed = ENCODINGS.iter().filter(|(encoding, _)| accepts(headers, encoding)).find_map(
        |(encoding, ending)| Some((Some(*encoding), Site::get(&format!("{path}{ending}"))?)),
    );
    compressed.or_else(|| Some((None, Site::get(path)?)))
}

pub(super) fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter();
    let mut choices = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    choices.any(|choice| {
        let mut parts = choice.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        let is_named =
            parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding.as_bytes()));
        is_named && !parts.any(is_zero_weight)
    })
}

/// Whether a parameter of a choice says that it is not wanted (RFC 9110 §12.4.2).
fn is_zero_weight(parameter: &[u8]) -> bool {
    let weight = parameter.strip_prefix(b"q=").or_else(|| parameter.strip_prefix(b"Q="));
    let weight = weight.and_then(|weight| std::str::from_utf8(weight).ok());
    weight.is_some_and(|weight| weight.parse() == Ok(0.0))
}

/// A name with a hash never means anything else; others are asked after each time.
fn caching(path: &str) -> &'static str {
    if is_hashed(path) { "public, max-age=31536000, immutable" } else { "public, no-cache" }
}

/// Such as `pkg/carnet.x0x4dTzB4zeLUuvXQzK4tw.wasm`: 128 bits in base64url.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut parts = name.rsplit('.').skip(1);
    let hash = parts.next().unwrap_or_default();
    parts.next().is_some()
        && hash.len() == 22
        && hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn content_type(path: &str) -> HeaderValue {
    let guessed = mime_guess::from_path(path).first_or_octet_stream();
    let charset = if guessed.type_() == mime_guess::mime::TEXT { "; charset=utf-8" } else { "" };
    HeaderValue::try_from(format!("{}{charset}", guessed.essence_str()))
        .unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// Differs between the forms of a file, as RFC 9110 §8.8.3 wants of a strong one.
fn etag(file: &EmbeddedFile, encoding: Option<&str>) -> HeaderValue {
    let hash = URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..16]);
    HeaderValue::try_from(format!("\"{hash}{}\"", encoding.unwrap_or_default()))
        .expect("base64url stands in a header")
}

fn names(known: &HeaderValue, etag: &HeaderValue) -> bool {
    let mut known = known.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    known.any(|one| one == b"*" || one.strip_prefix(b"W/").unwrap_or(one) == etag.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_hash_makes_a_name_immutable() {
        assert!(is_hashed("pkg/carnet.x0x4dTzB4zeLUuvXQzK4tw.wasm"));
        for path in ["pkg/carnet.wasm", "favicon.svg", "x0x4dTzB4zeLUuvXQzK4tw.css", "a.min.js"] {
            assert!(!is_hashed(path), "{path}");
        }
    }

    #[test]
    fn an_encoding_that_is_refused_is_not_accepted() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br;q=0"));
        assert!(accepts(&headers, "gzip"));
        assert!(!accepts(&headers, "br"));
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn odd_bytes_beside_it_hide_no_choice_and_no_etag() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_bytes(b"\xfc, br;q=0.5").unwrap());
        assert!(accepts(&headers, "br"));
        let known = HeaderValue::from_bytes(b"\"\xfc\", W/\"a\"").unwrap();
        assert!(names(&known, &HeaderValue::from_static("\"a\"")));
        assert!(!names(&known, &HeaderValue::from_static("\"b\"")));
    }

    #[test]
    fn no_path_leads_out_of_the_site() {
        for path in ["/../Cargo.toml", "/pkg/../../secret", "", "/", "/..%2fCargo.toml"] {
            assert!(file(path, &HeaderMap::new()).is_none(), "{path}");
        }
    }

    #[test]
    fn scripts_and_wasm_have_the_types_that_browsers_insist_on() {
        assert_eq!(content_type("a.js"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("a.wasm"), "application/wasm");
        assert_eq!(content_type("a.css"), "text/css; charset=utf-8");
        assert_eq!(content_type("a.svg"), "image/svg+xml");
    }
}
