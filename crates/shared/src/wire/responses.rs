use serde::{Deserialize, Serialize};

use crate::{Secret, TokenUser, User};

/// The answer to a login, a registration, a refresh and a password change (RFC 6749 §5.1).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TokenResponse {
    /// For the `Authorization` header.
    pub access_token: Secret,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds from now until the access token is no longer valid.
    pub expires_in: i64,
    /// Only where the session's delivery is `body`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// Seconds from now until the session ends unless it is refreshed.
    pub refresh_expires_in: i64,
    /// The server's clock, Unix seconds.
    pub server_time: i64,
    /// The session.
    pub session: TokenSession,
    /// Whose it is.
    pub user: User,
}

/// The session that tokens belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenSession {
    /// UUIDv7.
    pub id: String,
    /// When it began, Unix seconds.
    pub created_at: i64,
    /// When it ends whatever happens, Unix seconds.
    pub expires_at: i64,
}

/// GET [`crate::paths::SESSION`]: what the presented access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentedSession {
    /// The session's id.
    pub session: String,
    /// Whose it is.
    pub user: TokenUser,
    /// Seconds from now until the access token is no longer valid.
    pub expires_in: i64,
}

/// POST [`crate::paths::VERIFY`]: the token is good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyResponse {
    /// Always true: a bad token is answered as a protected route would.
    pub active: bool,
    /// The session's id.
    pub session: String,
    /// Whose it is.
    pub user: TokenUser,
    /// Seconds from now until the access token is no longer valid.
    pub expires_in: i64,
}

/// GET [`crate::paths::SESSIONS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsResponse {
    /// This device first, then the last used first; ended ones last.
    pub sessions: Vec<SessionView>,
}

/// One place where an account is or was signed in. Times are Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// UUIDv7.
    pub id: String,
    /// Such as `Firefox on Linux`.
    pub device: String,
    /// The address that it was last used from.
    pub address: String,
    /// Whether the request that asks belongs to it.
    pub current: bool,
    /// When it began.
    pub created_at: i64,
    /// When it was last refreshed.
    pub last_used_at: i64,
    /// When it ends whatever happens.
    pub expires_at: i64,
    /// When it ended, if it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// Why it ended: `logout`, `ended`, `password_changed`, `reused`, `replaced`, `disabled`,
    /// `too_many` or `operator`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_because: Option<String>,
}
