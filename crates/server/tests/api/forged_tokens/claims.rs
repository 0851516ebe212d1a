//! Claims that no token of ours has, each correctly signed.

use super::forger::Forger;

pub(super) fn all(forger: &Forger) -> Vec<String> {
    let mut payloads = of_another_type(forger);
    payloads.extend(missing(forger));
    payloads.extend(of_another_issuer_or_audience(forger));
    payloads.extend(of_another_time(forger));
    payloads.extend(texts(forger));
    let header = forger.header.to_string();
    let mut tokens: Vec<String> =
        payloads.iter().map(|payload| forger.signed(&header, payload)).collect();
    tokens.extend(changed_after_signing(forger));
    tokens
}

const TEXTS: [&str; 7] = ["iss", "aud", "sub", "jti", "client_id", "sid", "username"];
const TIMES: [&str; 4] = ["exp", "iat", "nbf", "auth_time"];
const LISTS: [&str; 2] = ["amr", "roles"];

/// CVE-2026-25537.
fn of_another_type(forger: &Forger) -> Vec<Vec<u8>> {
    let mut payloads = Vec::new();
    let mut each = |names: &[&str], values: &[&str]| {
        for name in names {
            payloads
                .extend(values.iter().map(|value| forger.claims_with(name, Some(value)).into()));
        }
    };
    each(&TEXTS, &["null", "true", "1", "-1", "1.5", "1e400", "[]", "{}"]);
    each(
        &TIMES,
        &[
            "null",
            "true",
            "\"9999999999\"",
            "\"\"",
            "[]",
            "{}",
            "[9999999999]",
            "1.5",
            "1e400",
            "-1e400",
            "9223372036854775808",
            "1e10",
            "NaN",
            "Infinity",
            "0x7fffffff",
            "+1",
        ],
    );
    each(&LISTS, &["null", "true", "1", "\"pwd\"", "{}", "[1]", "[null]", "[[\"pwd\"]]"]);
    each(&["token_type", "user_id"], &["true", "1", "[]", "{}"]);
    payloads
}

fn missing(forger: &Forger) -> Vec<Vec<u8>> {
    let names = TEXTS.iter().chain(&TIMES).chain(&LISTS);
    names.map(|name| forger.claims_with(name, None).into()).collect()
}

fn of_another_issuer_or_audience(forger: &Forger) -> Vec<Vec<u8>> {
    let ours = forger.claims["iss"].to_string();
    let names = [
        r#""https://other.test""#.to_owned(),
        r#""https://carnet.test/""#.to_owned(),
        r#""https://carnet.test.other.test""#.to_owned(),
        r#""https://carnet.tes""#.to_owned(),
        r#""HTTPS://CARNET.TEST""#.to_owned(),
        r#""http://carnet.test""#.to_owned(),
        r#""carnet.test""#.to_owned(),
        r#""*""#.to_owned(),
        r#""""#.to_owned(),
        format!("[{ours}]"),
        format!(r#"[{ours},"https://other.test"]"#),
        format!(r#"["https://other.test",{ours}]"#),
        format!("{{\"{}\":true}}", "https://carnet.test"),
    ];
    let all = names.iter().flat_map(|name| ["iss", "aud"].map(|claim| (claim, name)));
    all.map(|(claim, name)| forger.claims_with(claim, Some(name)).into()).collect()
}

/// Five seconds are allowed for `nbf` and `iat`, none for `exp`.
fn of_another_time(forger: &Forger) -> Vec<Vec<u8>> {
    let now = forger.claims["iat"].as_i64().unwrap();
    let mut payloads: Vec<Vec<u8>> = [now, now - 1, now - 300, 1, 0, -1, i64::MIN]
        .map(|at| forger.claims_with("exp", Some(&at.to_string())).into())
        .into();
    for name in ["nbf", "iat"] {
        payloads.extend(
            [now + 6, now + 86_400, i64::MAX]
                .map(|at| Vec::from(forger.claims_with(name, Some(&at.to_string())))),
        );
    }
    payloads
}

/// What is no JSON object, or says one thing twice.
fn texts(forger: &Forger) -> Vec<Vec<u8>> {
    let claims = forger.claims.to_string();
    let inside = &claims[1..claims.len() - 1];
    vec![
        Vec::new(),
        b"null".into(),
        b"[]".into(),
        b"{}".into(),
        b"\"sub\"".into(),
        b"0".into(),
        "[".repeat(4000).into(),
        format!("[{claims}]").into(),
        format!("{{{inside}").into(),
        format!("{claims}{claims}").into(),
        format!("{claims},").into(),
        format!("\u{feff}{claims}").into(),
        format!("{{\"sub\":\"somebody else\",{inside}}}").into(),
        format!("{{{inside},\"sub\":\"somebody else\"}}").into(),
        format!("{{{inside},\"exp\":9999999999}}").into(),
        format!("{{{inside},\"roles\":[\"admin\"]}}").into(),
        claims.replace('"', "'").into(),
        [&b"{\"x\":\"\xff\","[..], inside.as_bytes(), b"}"].concat(),
    ]
}

fn changed_after_signing(forger: &Forger) -> Vec<String> {
    let [header, _, signature] = forger.parts();
    let changes = [
        ("sub", r#""somebody else""#),
        ("sid", r#""another session""#),
        ("roles", r#"["admin"]"#),
        ("username", r#""root""#),
        ("exp", "9999999999"),
        ("iss", r#""https://other.test""#),
        ("aud", r#""https://other.test""#),
        ("jti", r#""x""#),
        ("more", "true"),
    ];
    let changed = changes.map(|(name, value)| {
        let payload = super::forger::encode(forger.claims_with(name, Some(value)));
        format!("{header}.{payload}.{signature}")
    });
    changed.into()
}
