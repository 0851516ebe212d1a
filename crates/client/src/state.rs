use carnet_shared::{ErrorCode, User};
use serde::{Deserialize, Serialize};

/// Who is signed in, as far as this tab knows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthState {
    /// Nobody has said yet. Show neither private things nor a form to sign in.
    #[default]
    Unknown,
    /// Nobody is signed in, and why, if somebody was until now.
    Anonymous(Option<SignOutReason>),
    /// Somebody is signed in.
    SignedIn {
        /// Who.
        user: User,
        /// The session that this is.
        session_id: String,
    },
}

impl AuthState {
    /// Who is signed in.
    pub fn user(&self) -> Option<&User> {
        match self {
            Self::SignedIn { user, .. } => Some(user),
            Self::Unknown | Self::Anonymous(_) => None,
        }
    }

    /// The session of whoever is signed in.
    pub fn session_id(&self) -> Option<&str> {
        match self {
            Self::SignedIn { session_id, .. } => Some(session_id),
            Self::Unknown | Self::Anonymous(_) => None,
        }
    }
}

/// Why somebody is no longer signed in, for the notice that tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignOutReason {
    /// They signed out, in this tab. Needs no notice.
    Here,
    /// They signed out in another tab or on another device.
    Elsewhere,
    /// The session was not used for too long, or was too old, or its cookie is gone.
    Expired,
    /// An old copy of the session was used: somebody may have stolen it.
    Reused,
    /// The password was changed on another device.
    PasswordChanged,
    /// The account was disabled or deleted.
    AccountDisabled,
}

impl SignOutReason {
    /// What the refusal of a refresh means to the person. `None` for codes that sign nobody out.
    pub fn from_code(code: ErrorCode) -> Option<Self> {
        if !code.signs_out() {
            return None;
        }
        Some(match code {
            ErrorCode::SessionEnded => Self::Elsewhere,
            ErrorCode::SessionReused => Self::Reused,
            ErrorCode::PasswordChanged => Self::PasswordChanged,
            ErrorCode::AccountDisabled => Self::AccountDisabled,
            _ => Self::Expired,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_codes_that_sign_out_have_a_reason() {
        for code in ErrorCode::ALL {
            assert_eq!(SignOutReason::from_code(*code).is_some(), code.signs_out(), "{code:?}");
        }
    }
}
