use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An account as its owner sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// UUIDv7.
    pub id: String,
    /// Lower-cased.
    pub email: String,
    /// Lower-cased, without `@`.
    pub username: String,
    /// What to call the person; empty when they have not said.
    pub name: String,
    /// In the order in which they were given.
    pub roles: Vec<String>,
    /// Unix seconds.
    pub created_at: i64,
    /// Whatever the operators keep about the account.
    pub attributes: Map<String, Value>,
}

impl User {
    /// Whether the account has this role, written exactly so.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|had| had == role)
    }
}

/// An account as far as an access token tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUser {
    /// UUIDv7.
    pub id: String,
    /// Lower-cased.
    pub username: String,
    /// In the order in which they were given.
    pub roles: Vec<String>,
}
