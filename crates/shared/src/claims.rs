use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::TokenUser;

/// The claims that Carnet sets itself; a deployment's own claims may not use these names.
pub const REGISTERED_CLAIMS: [&str; 15] = [
    "iss",
    "aud",
    "sub",
    "exp",
    "iat",
    "nbf",
    "jti",
    "client_id",
    "sid",
    "auth_time",
    "amr",
    "username",
    "roles",
    "token_type",
    "user_id",
];

/// The longest access token, in bytes: no longer one is issued or looked at. Many proxies take header
/// lines up to 8 kB, and some count all the headers of a request together.
pub const MAX_TOKEN_LENGTH: usize = 6 * 1024;

/// What an access token says (RFC 9068 §2.2). All times are Unix seconds.
///
/// `C` is the deployment's own claims, as a type of yours or as they come:
///
/// ```
/// use carnet_shared::Claims;
///
/// #[derive(serde::Deserialize)]
/// struct Plan {
///     plan: String,
/// }
///
/// fn is_paying(claims: &Claims<Plan>) -> bool {
///     claims.custom.plan == "paid"
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claims<C = Map<String, Value>> {
    /// Who issued the token: the deployment's `tokens.issuer`.
    pub iss: String,
    /// The one service that the token is for; the issuer itself unless a `resource` was named.
    pub aud: String,
    /// The user's id.
    pub sub: String,
    /// The first second in which the token is no longer valid.
    pub exp: i64,
    /// When it was issued.
    pub iat: i64,
    /// When it becomes valid.
    pub nbf: i64,
    /// This token's own id.
    pub jti: String,
    /// Which client it was issued to (RFC 9068 asks for it).
    pub client_id: String,
    /// The session that it belongs to.
    pub sid: String,
    /// When the person last proved who they are.
    pub auth_time: i64,
    /// How they proved it (RFC 8176), `["pwd"]` for a password.
    pub amr: Vec<String>,
    /// The username when the token was issued.
    pub username: String,
    /// The roles when the token was issued.
    pub roles: Vec<String>,
    /// `access`, only for clients of djangorestframework-simplejwt's endpoints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// `sub` again, only for clients of djangorestframework-simplejwt's endpoints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The deployment's own claims.
    #[serde(flatten)]
    pub custom: C,
}

impl<C> Claims<C> {
    /// Whether the account had this role when the token was issued.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|had| had == role)
    }

    /// The user as far as the token tells.
    pub fn user(&self) -> TokenUser {
        TokenUser {
            id: self.sub.clone(),
            username: self.username.clone(),
            roles: self.roles.clone(),
        }
    }
}
