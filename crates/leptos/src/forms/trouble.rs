use carnet_client::AuthError;
use carnet_shared::{ErrorCode, FieldError};
use serde::{Deserialize, Serialize};

/// Why a form was not accepted, on whichever side that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The fields that need another look.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What the server said, where no field is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// In how many seconds another try makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// No answer came. The request may have been handled all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub offline: bool,
    /// Something was only asked for, so nothing can have been changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_read: bool,
}

impl Trouble {
    /// The server's refusal.
    pub fn refused(code: ErrorCode) -> Self {
        Self { code: Some(code), ..Self::default() }
    }

    /// The same for a request that only asks for something.
    pub(crate) fn while_reading(trouble: impl Into<Self>) -> Self {
        Self { only_read: true, ..trouble.into() }
    }

    /// The refusal of a field, if it was refused.
    pub(crate) fn of_field(&self, field: &str) -> Option<&FieldError> {
        self.errors.iter().find(|error| error.field == field)
    }
}

impl From<Vec<FieldError>> for Trouble {
    fn from(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::default() }
    }
}

impl From<AuthError> for Trouble {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Problem(problem) => {
                Self { errors: problem.errors, code: Some(problem.code), ..Self::default() }
            }
            AuthError::RetryAfter { problem, seconds } => {
                Self { retry_after: Some(seconds), ..Self::refused(problem.code) }
            }
            AuthError::Offline => Self { offline: true, ..Self::default() },
            AuthError::SignedOut => Self::refused(ErrorCode::SessionEnded),
            AuthError::Unreadable => Self::refused(ErrorCode::Internal),
        }
    }
}
