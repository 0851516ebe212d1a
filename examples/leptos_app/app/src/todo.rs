use serde::{Deserialize, Serialize};

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Todo {
    /// Unique among the todos of all accounts.
    pub(crate) id: i64,
    /// What to do.
    pub(crate) text: String,
    /// Whether it is done.
    pub(crate) done: bool,
}

/// How many todos an account has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TodoCount {
    /// The account's username.
    pub(crate) username: String,
    /// How many.
    pub(crate) todos: i64,
}
