use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::MasterSecrets;
use super::master_secret::MasterSecret;
use crate::random::Random;

/// A key as it lies in the database: AES-256-GCM under the master secret, bound to what the key is,
/// so that a row cannot be passed off as another. Nonce first, then the sealed bytes, base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(pub String);

impl Sealed {
    /// Seals a key.
    pub fn seal(secrets: &MasterSecrets, binding: &str, key: &[u8], random: &dyn Random) -> Self {
        let nonce: [u8; NONCE_LEN] = random.bytes();
        let mut sealed = key.to_vec();
        sealing_key(secrets.current())
            .and_then(|sealing| {
                let nonce = Nonce::assume_unique_for_key(nonce);
                sealing.seal_in_place_append_tag(nonce, Aad::from(binding), &mut sealed)
            })
            .expect("sealing fails only for plaintexts of gigabytes");
        Self(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens it again; `None` with other secrets, another binding or a changed row.
    pub fn open(&self, secrets: &MasterSecrets, binding: &str) -> Option<Zeroizing<Vec<u8>>> {
        secrets.all().find_map(|secret| self.open_with(secret, binding))
    }

    /// Whether it is sealed with the current secret.
    pub fn is_current(&self, secrets: &MasterSecrets, binding: &str) -> bool {
        self.open_with(secrets.current(), binding).is_some()
    }

    fn open_with(&self, secret: &MasterSecret, binding: &str) -> Option<Zeroizing<Vec<u8>>> {
        let mut bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(&self.0).ok()?);
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened =
            sealing_key(secret).ok()?.open_in_place(nonce, Aad::from(binding), sealed).ok()?;
        Some(Zeroizing::new(opened.to_vec()))
    }
}

fn sealing_key(secret: &MasterSecret) -> Result<LessSafeKey, Unspecified> {
    UnboundKey::new(&AES_256_GCM, secret.derive("carnet key seal 1").as_ref()).map(LessSafeKey::new)
}

#[cfg(test)]
mod tests {
    use carnet_shared::Secret;

    use super::*;
    use crate::keys::GivenSecrets;
    use crate::keys::SecretPlace;
    use crate::random::SystemRandom;
    use crate::settings::DatabaseUrl;

    fn secret(text: &str) -> MasterSecrets {
        secrets(text, None)
    }

    fn secrets(current: &str, previous: Option<&str>) -> MasterSecrets {
        let url = DatabaseUrl::Sqlite("unused".into());
        let given = GivenSecrets {
            current: Some(Secret::new(current.repeat(32))),
            previous: previous.map(|text| Secret::new(text.repeat(32))),
        };
        SecretPlace::find(given, &url).unwrap().open_or_make(&SystemRandom).unwrap()
    }

    #[test]
    fn the_previous_secret_opens_and_does_not_seal() {
        let old = Sealed::seal(&secret("a"), "k", b"key", &SystemRandom);
        let both = secrets("b", Some("a"));
        assert_eq!(old.open(&both, "k").unwrap().as_slice(), b"key");
        assert!(!old.is_current(&both, "k"));
        let new = Sealed::seal(&both, "k", b"key", &SystemRandom);
        assert!(new.is_current(&both, "k") && new.open(&secret("a"), "k").is_none());
    }

    #[test]
    fn a_sealed_key_opens_only_with_its_secret_and_as_what_it_is() {
        let sealed = Sealed::seal(&secret("a"), "sign|ES256|k1", b"key", &SystemRandom);
        assert_eq!(sealed.open(&secret("a"), "sign|ES256|k1").unwrap().as_slice(), b"key");
        assert!(sealed.open(&secret("b"), "sign|ES256|k1").is_none());
        assert!(sealed.open(&secret("a"), "refresh|ES256|k1").is_none());
        assert!(Sealed("AAAA".to_owned()).open(&secret("a"), "sign|ES256|k1").is_none());
    }
}
