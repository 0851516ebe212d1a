use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING};
use serde_json::json;

use super::*;

fn pem(label: &str, der: &[u8]) -> String {
    pem::encode(&pem::Pem::new(label, der))
}

fn kid(key: &ImportedKey) -> String {
    SigningKey::read(key.algorithm, &key.private, "given").unwrap().kid().to_owned()
}

/// The key of RFC 8037 appendix A.1, whose thumbprint appendix A.3 tells.
#[test]
fn a_known_key_has_the_thumbprint_that_the_standard_says() {
    let jwk = json!({
        "kty": "OKP", "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    });
    let key = import_key(&jwk.to_string(), None).unwrap();
    assert_eq!(key.algorithm, Algorithm::EdDSA);
    assert_eq!(kid(&key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn a_curve_comes_as_pkcs8_as_sec1_and_as_jwk() {
    for (algorithm, curve, name) in [
        (Algorithm::ES256, &ECDSA_P256_SHA256_FIXED_SIGNING, "P-256"),
        (Algorithm::ES384, &ECDSA_P384_SHA384_FIXED_SIGNING, "P-384"),
    ] {
        let pair = EcdsaKeyPair::generate(curve).unwrap();
        let pkcs8 = pair.to_pkcs8v1().unwrap();
        let sec1 = AsDer::<EcPrivateKeyRfc5915Der<'_>>::as_der(&pair.private_key()).unwrap();
        let one = import_key(&pem("PRIVATE KEY", pkcs8.as_ref()), None).unwrap();
        let two = import_key(&pem("EC PRIVATE KEY", sec1.as_ref()), None).unwrap();
        let private = aws_lc_rs::encoding::AsBigEndian::<
            aws_lc_rs::encoding::EcPrivateKeyBin<'_>,
        >::as_be_bytes(&pair.private_key())
        .unwrap();
        let public = aws_lc_rs::signature::KeyPair::public_key(&pair).as_ref();
        let (x, y) = public[1..].split_at((public.len() - 1) / 2);
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let jwk = json!({
            "kty": "EC", "crv": name, "d": encode(private.as_ref()), "x": encode(x), "y": encode(y),
        });
        let three = import_key(&jwk.to_string(), None).unwrap();
        assert_eq!(one.algorithm, algorithm);
        assert!(kid(&one) == kid(&two) && kid(&one) == kid(&three));
        let off_the_curve = json!({
            "kty": "EC", "crv": name, "d": encode(private.as_ref()), "x": encode(x), "y": encode(x),
        });
        assert!(import_key(&off_the_curve.to_string(), None).is_err());
        let wrong = import_key(&jwk.to_string(), Some(Algorithm::EdDSA)).err();
        assert_eq!(wrong, Some(ImportError::Algorithm("EdDSA")));
    }
}

/// The numbers of a PKCS#1 key, in their order: version, n, e, d, p, q, dp, dq, qi.
fn integers(der: &[u8]) -> Vec<Vec<u8>> {
    fn length(der: &[u8]) -> (usize, &[u8]) {
        let count = usize::from(der[0] & 0x7f);
        if der[0] < 0x80 {
            return (count, &der[1..]);
        }
        let value = der[1..=count].iter().fold(0, |value, byte| (value << 8) | usize::from(*byte));
        (value, &der[count + 1..])
    }
    let (_, mut rest) = length(&der[1..]);
    let mut found = Vec::new();
    while let Some((2, after)) = rest.split_first() {
        let (size, after) = length(after);
        let number = &after[..size];
        found.push(number.strip_prefix(&[0]).unwrap_or(number).to_vec());
        rest = &after[size..];
    }
    found
}

#[test]
fn rsa_comes_in_three_forms_and_serves_two_algorithms() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
    let pkcs1 = rsa_bytes(&pair).unwrap();
    let one = import_key(&pem("PRIVATE KEY", pkcs8.as_ref()), None).unwrap();
    let two = import_key(&pem("RSA PRIVATE KEY", &pkcs1), Some(Algorithm::PS256)).unwrap();
    assert_eq!((one.algorithm, two.algorithm), (Algorithm::RS256, Algorithm::PS256));
    let numbers = integers(&pkcs1);
    let names = ["", "n", "e", "d", "p", "q", "dp", "dq", "qi"];
    let mut jwk = json!({"kty": "RSA", "alg": "PS256"});
    for (name, number) in names.iter().zip(&numbers).skip(1) {
        jwk[*name] = URL_SAFE_NO_PAD.encode(number).into();
    }
    let three = import_key(&jwk.to_string(), None).unwrap();
    assert_eq!(three.algorithm, Algorithm::PS256);
    assert!(kid(&one) == kid(&two) && kid(&one) == kid(&three));
    let without = |name: &str| {
        let mut jwk = jwk.clone();
        jwk.as_object_mut().unwrap().remove(name);
        import_key(&jwk.to_string(), None).err()
    };
    assert_eq!(without("qi"), Some(ImportError::Incomplete));
    assert_eq!(without("d"), Some(ImportError::Public));
}

#[test]
fn weak_keys_are_refused() {
    let secret = |bytes: usize| {
        let k = URL_SAFE_NO_PAD.encode(vec![7; bytes]);
        import_key(&json!({"kty": "oct", "k": k}).to_string(), None).map(|key| key.algorithm)
    };
    assert_eq!(secret(31), Err(ImportError::Refused(KeyRefusal::Weak)));
    assert_eq!(secret(32), Ok(Algorithm::HS256));
    let number = URL_SAFE_NO_PAD.encode(vec![0xc1; 128]);
    let jwk = json!({
        "kty": "RSA", "n": number, "e": "AQAB", "d": number, "p": number, "q": number,
        "dp": number, "dq": number, "qi": number,
    });
    let short = import_key(&jwk.to_string(), None).err();
    assert_eq!(short, Some(ImportError::Refused(KeyRefusal::Weak)));
}

#[test]
fn what_is_no_private_key_is_refused_with_the_reason() {
    let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let cut = &pair.unwrap().as_ref()[..40].to_vec();
    for (text, error) in [
        (String::new(), ImportError::Format),
        ("{".to_owned(), ImportError::Format),
        ("hello".to_owned(), ImportError::Format),
        (pem("PUBLIC KEY", b"x"), ImportError::Only("a public key")),
        (pem("CERTIFICATE", b"x"), ImportError::Only("a certificate")),
        (pem("PRIVATE KEY", b"x").replace("-----END", ""), ImportError::Damaged),
        (pem("PRIVATE KEY", b"x").replace("eA==", "eA=!"), ImportError::Damaged),
        (pem("ENCRYPTED PRIVATE KEY", b"x"), ImportError::Encrypted),
        (pem("PRIVATE KEY", cut), KeyRefusal::Unreadable.into()),
        (
            json!({"kty": "EC", "crv": "P-521"}).to_string(),
            ImportError::Algorithm("that curve or kind"),
        ),
        (
            json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}).to_string(),
            ImportError::Public,
        ),
        (
            json!({"kty": "oct", "k": "AA", "alg": "none"}).to_string(),
            ImportError::Algorithm("that alg"),
        ),
    ] {
        assert_eq!(import_key(&text, None).err(), Some(error), "{text}");
    }
}

/// Files that OpenSSL 3.0 and OpenSSH have written for these tests and for nothing else.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("fixtures/", $name, ".pem"))
    };
}

#[test]
fn the_files_that_openssl_writes_are_read_whatever_stands_before_the_key() {
    let one = import_key(fixture!("p256-sec1"), None).unwrap();
    for text in [
        fixture!("p256-parameters-first"),
        fixture!("p256-pkcs8"),
        fixture!("p256-certificate-first"),
        fixture!("p256-with-bag-attributes"),
        fixture!("p256-explicit"),
        &format!("\u{feff}{}", fixture!("p256-pkcs8")),
        &format!("{}\n{}", fixture!("p256-public"), fixture!("p256-sec1")),
        &fixture!("p256-parameters-first").replace('\n', "\r\n"),
    ] {
        let key = import_key(text, None).unwrap();
        assert_eq!((key.algorithm, kid(&key)), (Algorithm::ES256, kid(&one)), "{text}");
    }
    let rsa = import_key(fixture!("rsa-pkcs1"), None).unwrap();
    assert_eq!(kid(&rsa), kid(&import_key(fixture!("rsa-pkcs8"), None).unwrap()));
    for (text, algorithm) in [
        (fixture!("p384-parameters-first"), Algorithm::ES384),
        (fixture!("ed25519"), Algorithm::EdDSA),
        (fixture!("rsa-pkcs8"), Algorithm::RS256),
    ] {
        assert_eq!(import_key(text, None).unwrap().algorithm, algorithm);
    }
}

#[test]
fn a_file_without_a_key_that_can_be_used_is_refused_with_what_is_missing() {
    for (text, error) in [
        (fixture!("p256-parameters-only"), ImportError::Only("the parameters of a curve")),
        (fixture!("p256-public"), ImportError::Only("a public key")),
        (fixture!("p256-certificate"), ImportError::Only("a certificate")),
        (fixture!("p256-encrypted-pkcs8"), ImportError::Encrypted),
        (fixture!("p256-encrypted-traditional"), ImportError::Encrypted),
        (fixture!("openssh"), ImportError::OpenSsh),
        (fixture!("p521"), ImportError::Kind("P-521")),
        (fixture!("secp256k1"), ImportError::Kind("secp256k1")),
        (fixture!("ed448"), ImportError::Kind("Ed448")),
        (fixture!("x25519"), ImportError::Kind("X25519")),
        (fixture!("dsa"), ImportError::Kind("DSA")),
        (fixture!("rsa-1024"), ImportError::Refused(KeyRefusal::Weak)),
        (&[fixture!("p256-pkcs8"), fixture!("ed25519")].concat(), ImportError::Several),
    ] {
        assert_eq!(import_key(text, None).err(), Some(error), "{text}");
    }
    let encrypted = ImportError::Encrypted.to_string();
    assert!(encrypted.contains("openssl pkey -in"), "{encrypted}");
}
