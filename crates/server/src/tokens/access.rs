use carnet_shared::{Claims, Secret, User};

use crate::app::App;
use crate::error::ApiError;
use crate::store::{Advanced, StoreError};

/// The one client that there is (RFC 9068 asks for a name).
const CLIENT_ID: &str = "carnet";

/// A session and its account that tokens may be issued for.
#[derive(Debug, Clone)]
pub(crate) struct Granted {
    /// UUIDv7.
    pub(crate) session_id: String,
    /// When the session began.
    pub(crate) created_at: i64,
    /// When the password was last given.
    pub(crate) authenticated_at: i64,
    /// When the session ends unless it is refreshed.
    pub(crate) idle_expires_at: i64,
    /// When it ends whatever happens.
    pub(crate) expires_at: i64,
    /// Whether it outlives the browser.
    pub(crate) remember: bool,
    /// Whether it was made at djangorestframework-simplejwt's endpoints.
    pub(crate) simplejwt: bool,
    /// Whose it is.
    pub(crate) user: User,
}

impl TryFrom<Advanced> for Granted {
    type Error = StoreError;

    fn try_from(advanced: Advanced) -> Result<Self, StoreError> {
        Ok(Self {
            session_id: advanced.session_id,
            created_at: advanced.created_at,
            authenticated_at: advanced.authenticated_at,
            idle_expires_at: advanced.idle_expires_at,
            expires_at: advanced.expires_at,
            remember: advanced.remember,
            simplejwt: advanced.simplejwt,
            user: advanced.user.user()?,
        })
    }
}

/// Issues an access token (RFC 9068) and says for how many seconds it is valid: never beyond the
/// session's end. The claims are the account's present ones.
///
/// # Errors
/// When signing fails.
pub(crate) fn access_token(
    app: &App,
    granted: &Granted,
    audience: &str,
    now: i64,
) -> Result<(Secret, i64), ApiError> {
    let lifetime = app.settings.tokens.access_lifetime.seconds();
    let expires_at = granted.expires_at.min(granted.idle_expires_at).min(now + lifetime);
    let claims = Claims {
        iss: app.settings.tokens.issuer.clone(),
        aud: audience.to_owned(),
        sub: granted.user.id.clone(),
        exp: expires_at,
        iat: now,
        nbf: now,
        jti: app.random.text(),
        client_id: CLIENT_ID.to_owned(),
        sid: granted.session_id.clone(),
        auth_time: granted.authenticated_at,
        amr: vec!["pwd".to_owned()],
        username: granted.user.username.clone(),
        roles: granted.user.roles.clone(),
        token_type: granted.simplejwt.then(|| "access".to_owned()),
        user_id: granted.simplejwt.then(|| granted.user.id.clone()),
        custom: app.claims.of(&granted.user),
    };
    Ok((Secret::new(app.keys.ring().signing(now).sign(&claims)?), expires_at - now))
}
