use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What anybody can read in a refresh token without any key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The session's id, as the API writes it.
    pub session: String,
    /// How often the session had been rotated.
    pub generation: u32,
}

impl RefreshToken {
    /// Reads one; `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        // Version, id of the key, delivery, session, generation; then the secret and the code.
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix("crt_")?).ok()?;
        let session = bytes.get(6..22)?;
        let generation = bytes.get(22..26)?.try_into().ok()?;
        let hex: String = session.iter().map(|byte| format!("{byte:02x}")).collect();
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        Some(Self { session: parts.join("-"), generation: u32::from_be_bytes(generation) })
    }
}
