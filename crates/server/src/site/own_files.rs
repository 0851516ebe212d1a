use std::collections::HashMap;
use std::io::Write;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::assets::accepts;

/// The files of the pages that this deployment makes: texts, colours and a logo. Their addresses carry a
/// hash, so browsers may keep them.
#[derive(Debug, Default)]
pub(crate) struct OwnFiles(HashMap<String, OwnFile>);

#[derive(Debug)]
struct OwnFile {
    content_type: &'static str,
    plain: Bytes,
    gzip: Bytes,
}

impl OwnFiles {
    /// Adds a file and gives its address.
    pub(super) fn add(
        &mut self,
        folder: &str,
        name: &str,
        extension: &str,
        content: Vec<u8>,
    ) -> String {
        let content_type = match extension {
            "txt" => "text/plain; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "image/png",
        };
        let hash = URL_SAFE_NO_PAD.encode(&digest(&SHA256, &content).as_ref()[..16]);
        let address = format!("/{folder}/{name}.{hash}.{extension}");
        let gzip = compressed(&content).into();
        self.0.insert(address.clone(), OwnFile { content_type, plain: content.into(), gzip });
        address
    }

    /// The addresses of all files.
    pub(super) fn addresses(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The file at an address, in the form that the client takes.
    pub(super) fn get(&self, address: &str, headers: &HeaderMap) -> Option<Response> {
        let file = self.0.get(address)?;
        let mut answer = HeaderMap::new();
        answer.insert(CONTENT_TYPE, HeaderValue::from_static(file.content_type));
        answer
            .insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
        answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
        let body = if accepts(headers, "gzip") {
            answer.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            file.gzip.clone()
        } else {
            file.plain.clone()
        };
        Some((answer, Body::from(body)).into_response())
    }
}

fn compressed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Memory takes everything.
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}
