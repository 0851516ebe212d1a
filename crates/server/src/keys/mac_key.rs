use aws_lc_rs::{constant_time, hmac};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Bytes of the authentication code of a refresh token.
pub const MAC_LENGTH: usize = 16;

/// Names the key that a refresh token was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MacKeyId(pub [u8; 4]);

impl MacKeyId {
    /// As it lies in the database.
    pub fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Reads it back.
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

/// Authenticates refresh tokens: HMAC-SHA-256 cut to 128 bits.
#[derive(Debug, Clone)]
pub struct MacKey {
    id: MacKeyId,
    key: hmac::Key,
}

impl MacKey {
    /// A key of 32 bytes.
    pub fn new(id: MacKeyId, bytes: &[u8]) -> Self {
        Self { id, key: hmac::Key::new(hmac::HMAC_SHA256, bytes) }
    }

    /// Its id.
    pub fn id(&self) -> MacKeyId {
        self.id
    }

    /// The code of a message.
    pub fn code(&self, message: &[u8]) -> [u8; MAC_LENGTH] {
        let tag = hmac::sign(&self.key, message);
        let mut code = [0; MAC_LENGTH];
        code.copy_from_slice(&tag.as_ref()[..MAC_LENGTH]);
        code
    }

    /// Whether a code is that of the message, in constant time.
    pub fn matches(&self, message: &[u8], code: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.code(message), code).is_ok()
    }
}
