//! Headers that no token of ours has, over a signature that is right or made with the forger's key.

use serde_json::{Value, json};

use super::forger::Forger;

pub(super) fn all(forger: &Forger, bait: &str) -> Vec<String> {
    let mut headers = keys_that_come_along(forger, bait);
    headers.extend(other_key_ids(forger));
    headers.extend(critical_members(forger));
    headers.extend(other_types(forger));
    let mut tokens = texts(forger);
    for header in headers {
        tokens.push(forger.signed(header.to_string(), forger.claims.to_string()));
        tokens.push(forger.self_signed(&header));
    }
    tokens.push(forger.self_signed(&forger.header));
    tokens
}

/// CVE-2018-0114, and addresses that a careless verifier would fetch a key from.
fn keys_that_come_along(forger: &Forger, bait: &str) -> Vec<Value> {
    let jwk = forger.own_jwk();
    let certificate = "MIIBCgKCAQEA0";
    let members = [
        ("jwk", jwk.clone()),
        ("jwk", json!({"keys": [jwk]})),
        ("jwk", forger.server_jwk()),
        ("jwk", json!(null)),
        ("x5c", json!([certificate])),
        ("x5c", json!([])),
        ("x5t", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAA")),
        ("x5t#S256", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
        ("jku", json!(format!("{bait}/jwks.json"))),
        ("jku", json!(format!("{bait}/.well-known/jwks.json#https://carnet.test"))),
        ("jku", json!(format!("https://carnet.test@{}", &bait[7..]))),
        ("jku", json!("file:///dev/null")),
        ("x5u", json!(format!("{bait}/certificate.pem"))),
        ("x5u", json!(format!("{bait}/https://carnet.test"))),
    ];
    let mut headers = Vec::new();
    for (name, value) in members {
        let header = forger.header_with(name, Some(value));
        let mut without_kid = header.clone();
        without_kid.as_object_mut().unwrap().remove("kid");
        headers.extend([header, without_kid]);
    }
    headers
}

/// A key id is looked up and nothing else is done with it.
fn other_key_ids(forger: &Forger) -> Vec<Value> {
    let right = forger.header["kid"].as_str().unwrap();
    let texts = [
        String::new(),
        "../../../../../../dev/null".to_owned(),
        "/dev/null".to_owned(),
        "file:///dev/null".to_owned(),
        "' OR 1=1--".to_owned(),
        "' UNION SELECT 'secret'--".to_owned(),
        "'; DROP TABLE keys; --".to_owned(),
        "|id".to_owned(),
        "$(id)".to_owned(),
        "`id`".to_owned(),
        "%00".to_owned(),
        "%".to_owned(),
        "\0".to_owned(),
        format!("{right}\0"),
        format!("\0{right}"),
        format!(" {right}"),
        format!("{right} "),
        format!("{right}\n"),
        right.to_lowercase(),
        right[..42].to_owned(),
        right.replace('-', "+").replace('_', "/") + "=",
        "\u{202e}\u{feff}".to_owned(),
        "x".repeat(4 * 1024),
        // As much as a head can hold.
        "x".repeat(20 * 1024),
    ];
    let others =
        [json!(null), json!(0), json!(1.5), json!(true), json!([right]), json!({"id": right})];
    let all = texts.map(Value::from).into_iter().chain(others);
    all.map(|kid| forger.header_with("kid", Some(kid))).collect()
}

/// RFC 7515 §4.1.11, RFC 7797, CVE-2026-32597.
fn critical_members(forger: &Forger) -> Vec<Value> {
    let mut headers: Vec<Value> = [
        json!([]),
        json!(["exp"]),
        json!(["b64"]),
        json!(["alg"]),
        json!(["https://carnet.test/critical"]),
        json!("exp"),
        json!(null),
        json!({}),
    ]
    .map(|critical| forger.header_with("crit", Some(critical)))
    .into();
    for unencoded in [false, true] {
        let mut header = forger.header_with("b64", Some(json!(unencoded)));
        headers.push(header.clone());
        header["crit"] = json!(["b64"]);
        headers.push(header);
    }
    let more =
        [("zip", json!("DEF")), ("enc", json!("A256GCM")), ("p2c", json!(1)), ("x", json!(1))];
    headers.extend(more.map(|(name, value)| forger.header_with(name, Some(value))));
    headers
}

/// RFC 8725 §3.11: no other kind of token passes for an access token.
fn other_types(forger: &Forger) -> Vec<Value> {
    let names = [
        "JWT",
        "jwt",
        "AT+JWT",
        "at+JWT",
        "at+jwt ",
        "application/at+jwt",
        "id+jwt",
        "rt+jwt",
        "refresh+jwt",
        "logout+jwt",
        "reset+jwt",
        "secevent+jwt",
        "dpop+jwt",
        "JOSE",
        "",
    ];
    let mut headers: Vec<Value> =
        names.iter().map(|name| forger.header_with("typ", Some(json!(name)))).collect();
    for value in [json!(null), json!(1), json!(["at+jwt"])] {
        headers.push(forger.header_with("typ", Some(value)));
    }
    headers.extend(["typ", "alg", "kid"].map(|name| forger.header_with(name, None)));
    headers.push(forger.header_with("cty", Some(json!("JWT"))));
    headers
}

/// What is no JSON object, or says one thing twice.
fn texts(forger: &Forger) -> Vec<String> {
    let header = forger.header.to_string();
    let inside = &header[1..header.len() - 1];
    let texts: [Vec<u8>; 13] = [
        Vec::new(),
        b"null".into(),
        b"[]".into(),
        b"{}".into(),
        b"\"at+jwt\"".into(),
        format!("[{header}]").into(),
        format!("{{{inside}").into(),
        format!("{header}{header}").into(),
        format!("{header}x").into(),
        format!("\u{feff}{header}").into(),
        format!("{{\"alg\":\"none\",{inside}}}").into(),
        format!("{{{inside},\"typ\":\"JWT\"}}").into(),
        [&b"{\"x\":\"\xff\","[..], inside.as_bytes(), b"}"].concat(),
    ];
    texts.iter().map(|text| forger.signed(text, forger.claims.to_string())).collect()
}
