use pem::Pem;
use zeroize::Zeroizing;

use super::ImportError;

/// The one private key of a PEM file, as DER. Parameters, certificates and public keys beside it,
/// which OpenSSL's tools write, are passed over.
pub(super) fn private_key(text: &str) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    if !text.contains("-----BEGIN ") {
        return Err(ImportError::Format);
    }
    let blocks = pem::parse_many(text).map_err(|_| ImportError::Damaged)?;
    let mut contents = Contents::default();
    for block in blocks {
        contents.add(block)?;
    }
    match contents.keys.pop() {
        _ if contents.has_several => Err(ImportError::Several),
        Some(key) => Ok(key),
        None => Err(contents.found.map_or(ImportError::Damaged, ImportError::Only)),
    }
}

#[derive(Default)]
struct Contents {
    keys: Vec<Zeroizing<Vec<u8>>>,
    has_several: bool,
    /// What else is in it.
    found: Option<&'static str>,
}

impl Contents {
    fn add(&mut self, block: Pem) -> Result<(), ImportError> {
        let is_encrypted =
            block.headers().get("Proc-Type").is_some_and(|value| value.contains("ENCRYPTED"));
        let found = match block.tag() {
            "ENCRYPTED PRIVATE KEY" => return Err(ImportError::Encrypted),
            "PRIVATE KEY" | "EC PRIVATE KEY" | "RSA PRIVATE KEY" if is_encrypted => {
                return Err(ImportError::Encrypted);
            }
            "PRIVATE KEY" | "EC PRIVATE KEY" | "RSA PRIVATE KEY" => {
                self.has_several = !self.keys.is_empty();
                self.keys.push(Zeroizing::new(block.into_contents()));
                return Ok(());
            }
            "OPENSSH PRIVATE KEY" => return Err(ImportError::OpenSsh),
            "DSA PRIVATE KEY" => return Err(ImportError::Kind("DSA")),
            "PUBLIC KEY" | "RSA PUBLIC KEY" => "a public key",
            "CERTIFICATE" | "TRUSTED CERTIFICATE" | "X509 CERTIFICATE" => "a certificate",
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => "a request for a certificate",
            "EC PARAMETERS" => "the parameters of a curve",
            _ => "something else",
        };
        self.found.get_or_insert(found);
        Ok(())
    }
}

/// The object identifiers of keys that nothing here signs with, in DER.
const OTHER_KINDS: [(&[u8], &str); 8] = [
    (&[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23], "P-521"),
    (&[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x21], "P-224"),
    (&[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a], "secp256k1"),
    (&[0x06, 0x03, 0x2b, 0x65, 0x71], "Ed448"),
    (&[0x06, 0x03, 0x2b, 0x65, 0x6e], "X25519"),
    (&[0x06, 0x03, 0x2b, 0x65, 0x6f], "X448"),
    (&[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01], "DSA"),
    (
        &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x01, 0x01],
        "a curve given by its numbers, which `openssl ec -param_enc named_curve` names",
    ),
];

/// Why a private key that was found cannot be read.
pub(super) fn why_unreadable(der: &[u8]) -> Option<&'static str> {
    let holds = |identifier: &[u8]| der.windows(identifier.len()).any(|bytes| bytes == identifier);
    OTHER_KINDS.iter().find(|(identifier, _)| holds(identifier)).map(|(_, kind)| *kind)
}
