use sqlx::error::ErrorKind;
use thiserror::Error;

/// The database failed. Whatever it was, what the caller asked for did not happen, or it cannot be
/// known whether it did.
#[derive(Debug, Error)]
pub enum StoreError {
    /// As the database says.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The transaction that it shared with others came to nothing.
    #[error("database: not committed")]
    NotCommitted,
    /// It took longer than anybody waits.
    #[error("database: no answer in time")]
    TimedOut,
    /// The disk is full, and this would take up room.
    #[error("database: the disk is full")]
    Full,
    /// A row holds what this program cannot have written.
    #[error("database: column {0} cannot be read")]
    Corrupt(&'static str),
}

impl StoreError {
    /// Whether it is the database that fails. What a constraint refuses, a database undoes by
    /// itself and goes on; so it does where only the answer cannot be read.
    pub(super) fn is_fault(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => error.kind() == ErrorKind::Other,
            Self::Database(
                sqlx::Error::RowNotFound
                | sqlx::Error::ColumnNotFound(_)
                | sqlx::Error::ColumnDecode { .. }
                | sqlx::Error::Decode(_),
            )
            | Self::Corrupt(_)
            | Self::Full
            | Self::NotCommitted => false,
            Self::Database(_) | Self::TimedOut => true,
        }
    }
}

/// Reads JSON that this program wrote.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(
    text: &str,
    column: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt(column))
}

/// Writes roles and attributes.
pub(super) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("texts and JSON values can always be written")
}
