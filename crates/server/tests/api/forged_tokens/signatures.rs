//! Signatures that are none, or of another key, or of another kind than the key is for.

use base64::{Engine, engine::general_purpose::STANDARD};
use jsonwebtoken::Algorithm;
use serde_json::json;

use super::forger::{Forger, encode};

pub(super) fn all(forger: &Forger) -> Vec<String> {
    let mut tokens = none_at_all(forger);
    tokens.extend(the_public_key_as_a_secret(forger));
    tokens.extend(secrets_that_everybody_knows(forger));
    tokens.extend(keys_of_other_algorithms(forger));
    tokens.extend(numbers_beside_the_curve(forger));
    tokens.extend(other_bytes(forger));
    tokens
}

/// CVE-2015-2951, CVE-2020-28042.
fn none_at_all(forger: &Forger) -> Vec<String> {
    let [header, payload, signature] = forger.parts();
    let mut tokens = vec![format!("{header}.{payload}."), format!("{header}.{payload}")];
    tokens.extend(["null", "bnVsbA", "e30", "AA"].map(|junk| format!("{header}.{payload}.{junk}")));
    let names =
        ["none", "None", "NONE", "nOnE", "noNE", "NonE", "none ", " none", "nonе", "", "NULL"];
    for alg in names {
        let header = encode(forger.header_with("alg", Some(json!(alg))).to_string());
        tokens.extend(["", signature].map(|signature| format!("{header}.{payload}.{signature}")));
        tokens.push(format!("{header}.{payload}"));
    }
    for alg in [json!(null), json!(["none"]), json!({"alg": "none"}), json!(0), json!(false)] {
        let header = encode(forger.header_with("alg", Some(alg)).to_string());
        tokens.push(format!("{header}.{payload}."));
        tokens.push(format!("{header}.{payload}.{signature}"));
    }
    tokens
}

/// CVE-2016-10555: the public key is known, so it must never serve as a secret.
fn the_public_key_as_a_secret(forger: &Forger) -> Vec<String> {
    let jwk = forger.server_jwk();
    let coordinate = |name: &str| {
        let text = jwk[name].as_str().unwrap();
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
    };
    let (x, y) = (coordinate("x"), coordinate("y"));
    let point = [&[4][..], &x, &y].concat();
    let compressed = [&[2 + y[31] % 2][..], &x].concat();
    // The algorithm identifier of P-256 (RFC 5480 §2.1.1).
    let identifier = b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";
    let spki = [&identifier[..], &point].concat();
    let body = STANDARD.encode(&spki);
    let (first, second) = body.split_at(64);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----");
    let mut published = jwk.clone();
    published["kid"] = forger.header["kid"].clone();
    published["use"] = json!("sig");
    let secrets = [
        pem.clone().into_bytes(),
        format!("{pem}\n").into_bytes(),
        pem.replace('\n', "\r\n").into_bytes(),
        body.into_bytes(),
        spki,
        point,
        compressed,
        [x.clone(), y].concat(),
        x,
        jwk.to_string().into_bytes(),
        published.to_string().into_bytes(),
        json!({"keys": [published]}).to_string().into_bytes(),
        forger.header["kid"].as_str().unwrap().as_bytes().to_vec(),
    ];
    let algorithms = [
        (Algorithm::HS256, "HS256"),
        (Algorithm::HS384, "HS384"),
        (Algorithm::HS512, "HS512"),
        // The name of one algorithm over the signature of another.
        (Algorithm::HS256, "ES256"),
    ];
    let all = secrets.iter().flat_map(|secret| {
        algorithms.map(|(algorithm, name)| {
            forger.hmac(algorithm, &forger.header_with("alg", Some(json!(name))), secret)
        })
    });
    all.collect()
}

/// CVE-2019-20933, CVE-2020-28637, and the beginnings of every list of secrets.
fn secrets_that_everybody_knows(forger: &Forger) -> Vec<String> {
    let secrets = "secret Secret SECRET password Password123 123456 12345678 1234567890 changeme \
        change-me changeit default test testing admin administrator root toor guest user key \
        my-secret my_secret mysecret mysecretkey my-secret-key secretkey secret_key secret-key \
        supersecret super-secret supersecretkey your-256-bit-secret your-384-bit-secret \
        your-512-bit-secret your-secret your_secret_key yoursecretkey jwt jwtsecret jwt_secret \
        jwt-secret-key JWT_SECRET token accesstoken access_token_secret refresh_token_secret \
        qwerty abc123 letmein iloveyou shhhhh keyboardcat example django-insecure SECRET_KEY_BASE \
        carnet carnet-secret null undefined none 0 1 a AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let header = forger.header_with("alg", Some(json!("HS256")));
    let blank = [&b""[..], b" ", b"\0", &[0; 32]];
    let all = secrets.split_whitespace().map(str::as_bytes).chain(blank);
    all.map(|secret| forger.hmac(Algorithm::HS256, &header, secret)).collect()
}

/// Each key of the server named with each algorithm, under a signature that is neither's.
fn keys_of_other_algorithms(forger: &Forger) -> Vec<String> {
    let mut tokens = Vec::new();
    for (id, _) in &forger.key_ids {
        for alg in ["ES256", "ES384", "ES512", "EdDSA", "RS256", "RS512", "PS256", "HS256"] {
            let mut header = forger.header_with("alg", Some(json!(alg)));
            header["kid"] = json!(id);
            if header != forger.header {
                tokens.push(forger.signed(header.to_string(), forger.claims.to_string()));
            }
        }
    }
    tokens
}

/// CVE-2022-21449 and its kin: zero, the order of the curve, and what lies beside them.
fn numbers_beside_the_curve(forger: &Forger) -> Vec<String> {
    let [header, payload, signature] = forger.parts();
    let signature = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(signature).unwrap();
    let number = |hexadecimal: &str| -> Vec<u8> {
        let byte = |at: usize| u8::from_str_radix(&hexadecimal[at * 2..at * 2 + 2], 16).unwrap();
        (0..32).map(byte).collect()
    };
    let numbers = [
        vec![0; 32],
        number("0000000000000000000000000000000000000000000000000000000000000001"),
        number("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"),
        number("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
        number("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552"),
        number("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),
        vec![255; 32],
    ];
    let (r, s) = signature.split_at(32);
    let pairs = numbers.iter().flat_map(|one| {
        let with_others = numbers.iter().map(move |other| [one.as_slice(), other].concat());
        with_others.chain([[r, one].concat(), [one, s].concat()])
    });
    pairs.map(|bytes| format!("{header}.{payload}.{}", encode(bytes))).collect()
}

/// The right numbers in another dress, and each byte changed once.
fn other_bytes(forger: &Forger) -> Vec<String> {
    let [header, payload, text] = forger.parts();
    let good = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap();
    let (r, s) = good.split_at(32);
    let integer = |number: &[u8]| -> Vec<u8> {
        let padding: &[u8] = if number[0] >= 0x80 { &[0] } else { &[] };
        let length = u8::try_from(padding.len() + number.len()).unwrap();
        [&[2, length][..], padding, number].concat()
    };
    let integers = [integer(r), integer(s)].concat();
    let der = [&[0x30, u8::try_from(integers.len()).unwrap()][..], &integers].concat();
    let mut signatures = vec![
        der,
        good[..63].to_vec(),
        good[1..].to_vec(),
        good[..32].to_vec(),
        [&good[..], &[0]].concat(),
        [&[0], &good[..]].concat(),
        [&good[..], &good].concat(),
        [&good[..], &[0; 32]].concat(),
        [s, r].concat(),
        [&[0][..], r, &[0], s].concat(),
    ];
    signatures.extend([1, 63, 65, 96, 128].map(|length| vec![0; length]));
    signatures.extend((0..64).map(|at| {
        let mut changed = good.clone();
        changed[at] ^= 1;
        changed
    }));
    signatures.iter().map(|bytes| format!("{header}.{payload}.{}", encode(bytes))).collect()
}
