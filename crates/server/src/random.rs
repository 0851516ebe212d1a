//! Drawing chance.

use std::fmt::Debug;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// Draws random bytes. Everything that needs chance takes it as an argument.
pub trait Random: Debug + Send + Sync {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness nothing here may go on.
        aws_lc_rs::rand::fill(bytes).expect("the operating system gives no random bytes");
    }
}

impl dyn Random + '_ {
    /// So many random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// 128 random bits as text.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<16>())
    }

    /// A UUIDv7 (RFC 9562 §5.7) of this moment.
    pub fn id(&self, now_millis: i64) -> Uuid {
        id_of(now_millis, self.bytes())
    }
}

/// A UUIDv7 of a moment, with what makes it the only one.
pub(crate) fn id_of(now_millis: i64, rest: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now_millis).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid()
}
