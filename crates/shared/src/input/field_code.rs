use serde::{Deserialize, Serialize};

/// Why one field was refused: a closed list, turned into words by whoever shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldCode {
    /// It is required and was not there, or was empty.
    Missing,
    /// There is no such field.
    Unknown,
    /// It has another JSON type than it should.
    WrongType,
    /// It is not of the form that it should have.
    Invalid,
    /// It is shorter than allowed.
    TooShort,
    /// It is longer than allowed.
    TooLong,
    /// It is too easy to guess.
    TooEasy,
    /// Somebody else has it already.
    Taken,
    /// It is not the right one.
    Wrong,
    /// It is not among those that the deployment's settings name.
    NotAllowed,
}

/// One field that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Its name on the wire.
    pub field: String,
    /// Why.
    pub code: FieldCode,
}

impl FieldError {
    /// A field and why it was refused.
    pub fn new(field: impl Into<String>, code: FieldCode) -> Self {
        Self { field: field.into(), code }
    }
}
