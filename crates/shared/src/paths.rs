//! Every address that more than one crate names.

/// POST: make an account and sign in.
pub const REGISTER: &str = "/api/auth/register";
/// POST: sign in.
pub const LOGIN: &str = "/api/auth/login";
/// POST: exchange the refresh token for new tokens.
pub const REFRESH: &str = "/api/auth/refresh";
/// POST: end this session.
pub const LOGOUT: &str = "/api/auth/logout";
/// GET: what the access token says.
pub const SESSION: &str = "/api/auth/session";
/// POST: whether a protected route would accept the bearer token.
pub const VERIFY: &str = "/api/auth/verify";
/// POST: what a token of any kind is worth, for those who hold the secret (RFC 7662).
pub const INTROSPECT: &str = "/api/auth/introspect";
/// POST: end what a token belongs to (RFC 7009).
pub const REVOKE: &str = "/api/auth/revoke";
/// GET and PATCH: the account.
pub const ME: &str = "/api/me";
/// POST: change the password.
pub const PASSWORD: &str = "/api/me/password";
/// GET and DELETE: where the account is signed in.
pub const SESSIONS: &str = "/api/me/sessions";
/// POST: sign in, as djangorestframework-simplejwt has it.
pub const TOKEN: &str = "/api/token/";
/// POST: exchange the refresh token, as djangorestframework-simplejwt has it.
pub const TOKEN_REFRESH: &str = "/api/token/refresh/";
/// POST: whether a token of either kind is good, as djangorestframework-simplejwt has it.
pub const TOKEN_VERIFY: &str = "/api/token/verify/";
/// POST: end the session of a refresh token, as djangorestframework-simplejwt has it.
pub const TOKEN_BLACKLIST: &str = "/api/token/blacklist/";
/// GET: the public keys (RFC 7517).
pub const JWKS: &str = "/.well-known/jwks.json";
/// GET: what this server can do (RFC 8414).
pub const METADATA: &str = "/.well-known/oauth-authorization-server";
/// GET: leads to the page with the password form (W3C, "A Well-Known URL for Changing Passwords").
pub const CHANGE_PASSWORD: &str = "/.well-known/change-password";
/// GET: the process is alive.
pub const HEALTHZ: &str = "/healthz";
/// GET: the process can serve.
pub const READYZ: &str = "/readyz";

/// GET: what operators count, on an address of its own.
pub const METRICS: &str = "/metrics";

/// The pages that people see, under the prefix that they are given.
pub mod pages {
    /// Where everybody arrives.
    pub const HOME: &str = "/";
    /// Make an account.
    pub const REGISTER: &str = "/register";
    /// Sign in.
    pub const LOGIN: &str = "/login";
    /// POST only: sign out without script.
    pub const LOGOUT: &str = "/logout";
    /// The account.
    pub const PROFILE: &str = "/profile";
    /// Where the account is signed in.
    pub const SESSIONS: &str = "/sessions";
}
