//! A good token, written otherwise than tokens are written.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use super::forger::{Forger, encode};

#[expect(clippy::too_many_lines, reason = "one list, read from top to bottom")]
pub(super) fn all(forger: &Forger) -> Vec<String> {
    let good = &forger.good;
    let [header, payload, signature] = forger.parts();
    let standard = |value: &serde_json::Value| STANDARD.encode(value.to_string());
    let (last, others) = signature.as_bytes().split_last().unwrap();
    // Its low bits are beyond the 64 bytes of the signature and must be zero.
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = alphabet.iter().position(|letter| letter == last).unwrap();
    let others = std::str::from_utf8(others).unwrap();
    let other = [at | 1, at | 2, at | 15].into_iter().map(|at| char::from(alphabet[at]));
    let mut tokens: Vec<String> =
        other.map(|letter| format!("{header}.{payload}.{others}{letter}")).collect();
    tokens.extend([
        "a".to_owned(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        "a.b.c".to_owned(),
        header.to_owned(),
        format!("{header}.{payload}.{signature}."),
        format!(".{header}.{payload}.{signature}"),
        format!("{header}..{payload}.{signature}"),
        format!("{header}.{payload}..{signature}"),
        format!("{header}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("{good}.{signature}"),
        format!("{good}.{payload}.{signature}"),
        format!("{header},{payload},{signature}"),
        format!("{header}%2E{payload}%2E{signature}"),
        format!("{good}="),
        format!("{good}=="),
        format!("{header}=.{payload}=.{signature}=="),
        format!("{}.{}.{signature}", standard(&forger.header), standard(&forger.claims)),
        format!("{}.{payload}.{signature}", forger.header),
        format!("{header}.{}.{signature}", forger.claims),
        format!("{header} .{payload}.{signature}"),
        format!("{header}. {payload}.{signature}"),
        format!("{header}.{payload} {signature}"),
        format!("{good},{good}"),
        format!("{good} {good}"),
        format!("Bearer {good}"),
        format!("\"{good}\""),
        format!("'{good}'"),
        format!("<{good}>"),
        format!("{good};"),
        format!("{good}~"),
        format!("{good}é"),
        format!("\u{feff}{good}"),
        format!("{good}+"),
        format!("{good}/"),
        good.to_uppercase(),
        good.to_lowercase(),
        good.chars().rev().collect(),
        good[..good.len() - 1].to_owned(),
        good[1..].to_owned(),
        format!("{good}A"),
        format!("{good}{}", "A".repeat(9 * 1024)),
        // The two JSON serialisations, and a JWE's five segments.
        json!({"protected": header, "payload": payload, "signature": signature}).to_string(),
        json!({"payload": payload, "signatures": [{"protected": header, "signature": signature}]})
            .to_string(),
        encode(
            json!({"protected": header, "payload": payload, "signature": signature}).to_string(),
        ),
        format!(
            "{}.{signature}.AAAAAAAAAAAAAAAA.{payload}.AAAAAAAAAAAAAAAAAAAAAA",
            encode(json!({"alg": "dir", "enc": "A256GCM", "typ": "at+jwt"}).to_string())
        ),
    ]);
    tokens
}

/// What HTTP would not carry, or would carry otherwise.
pub(super) fn unsendable(forger: &Forger) -> Vec<String> {
    let good = &forger.good;
    let [header, payload, signature] = forger.parts();
    vec![
        String::new(),
        format!("{good}\n"),
        format!("{good}\r\n"),
        format!("{good}\0"),
        format!("{good} "),
        format!("\n{good}"),
        format!("{header}.\n{payload}.{signature}"),
        format!("{header}.{payload}\0.{signature}"),
    ]
}
