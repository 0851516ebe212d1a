use std::fmt;

use carnet_shared::{ErrorCode, FieldError, Problem};

use crate::edges::Unreachable;

/// Why a call came to nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum AuthError {
    /// The server refused, and said why.
    Problem(Problem),
    /// The server asks to wait.
    RetryAfter {
        /// What it said.
        problem: Problem,
        /// For how long.
        seconds: u64,
    },
    /// No answer came: no network, no server, or too slow.
    Offline,
    /// An answer came that is not one of Carnet's, such as a proxy's error page.
    Unreadable,
    /// Nobody is signed in any more, or somebody else is. Nothing was sent in their name.
    SignedOut,
}

impl AuthError {
    /// What the server said, to match on.
    pub fn code(&self) -> Option<ErrorCode> {
        self.problem().map(|problem| problem.code)
    }

    /// The fields that the server refused.
    pub fn field_errors(&self) -> &[FieldError] {
        self.problem().map_or(&[], |problem| &problem.errors)
    }

    fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) | Self::RetryAfter { problem, .. } => Some(problem),
            Self::Offline | Self::Unreadable | Self::SignedOut => None,
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Problem(problem) | Self::RetryAfter { problem, .. } => &problem.title,
            Self::Offline => "The server cannot be reached.",
            Self::Unreadable => "The server's answer could not be read.",
            Self::SignedOut => "Nobody is signed in.",
        })
    }
}

impl std::error::Error for AuthError {}

impl From<Unreachable> for AuthError {
    fn from(_: Unreachable) -> Self {
        Self::Offline
    }
}
