use aws_lc_rs::digest::{SHA256, digest};

/// Whom or what a bucket is about: 128 bits of SHA-256 over its kind and its name, so that a key has
/// one size whatever was typed. An account, a device, a session and a name that nobody has are of
/// different kinds and never share a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Subject([u8; 16]);

impl Subject {
    /// An account, whichever of its names was typed.
    pub(crate) fn account(id: &str) -> Self {
        Self::of("account", &[id.as_bytes()])
    }

    /// What was typed where no account has that name. It is throttled as an account is, so that
    /// throttling does not tell which names exist.
    pub(crate) fn no_account(login: &str) -> Self {
        Self::of("no account", &[login.trim().to_lowercase().as_bytes()])
    }

    /// A device on which an account has signed in before.
    pub(crate) fn device(device: &[u8; 16], account_id: &str) -> Self {
        Self::of("device", &[device, account_id.as_bytes()])
    }

    /// A session.
    pub(crate) fn session(id: &str) -> Self {
        Self::of("session", &[id.as_bytes()])
    }

    /// An e-mail address that somebody wants to register.
    pub(crate) fn email(email: &str) -> Self {
        Self::of("email", &[email.as_bytes()])
    }

    /// No kind contains the separator, and only the last part has no fixed length.
    fn of(kind: &str, parts: &[&[u8]]) -> Self {
        let message = [&[kind.as_bytes(), b"\0"], parts].concat().concat();
        let mut key = [0; 16];
        key.copy_from_slice(&digest(&SHA256, &message).as_ref()[..16]);
        Self(key)
    }
}
