//! Why a command could not go on, in one line.

use std::fmt;

pub(crate) type Outcome<T> = Result<T, Problem>;

/// What is missing or failed, why it matters, and how to get on.
#[derive(Debug)]
pub(crate) struct Problem {
    what: String,
    why: String,
    how: String,
}

impl Problem {
    pub(crate) fn new(
        what: impl Into<String>,
        why: impl Into<String>,
        how: impl Into<String>,
    ) -> Self {
        Self { what: what.into(), why: why.into(), how: how.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}; {}", self.what, self.why, self.how)
    }
}
