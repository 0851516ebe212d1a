use carnet_shared::{Claims, MAX_TOKEN_LENGTH, Secret, User};
use serde_json::{Map, Value};

use crate::app::App;
use crate::error::ApiError;
use crate::store::{Advanced, StoreError};

/// The one client that there is (RFC 9068 asks for a name).
const CLIENT_ID: &str = "carnet";

/// Characters of base64url that the signature of an RSA key of 4096 bits has.
const LONGEST_SIGNATURE: usize = 683;

/// Every id has as many characters.
const LONGEST_ID: &str = "00000000-0000-0000-0000-000000000000";

/// In characters.
const LONGEST_USERNAME: usize = 32;

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
/// When signing fails, or the token would be so long that nobody accepts it.
pub(crate) async fn access_token(
    app: &App,
    granted: &Granted,
    audience: &str,
    now: i64,
) -> Result<(Secret, i64), ApiError> {
    let lifetime = app.settings.tokens.access_lifetime.seconds();
    let expires_at = granted.expires_at.min(granted.idle_expires_at).min(now + lifetime);
    let claims = claims(app, granted, audience, (now, expires_at), app.claims.of(&granted.user));
    let token = Secret::new(app.keys.ring().sign(claims, now).await?);
    let bytes = token.expose().len();
    if bytes > MAX_TOKEN_LENGTH {
        return Err(ApiError::TokenTooLarge { user_id: granted.user.id.clone(), bytes });
    }
    Ok((token, expires_at - now))
}

/// How long an access token of this user can be, whichever service it is for and whichever key
/// signs it.
///
/// # Errors
/// When signing fails.
pub(crate) fn longest_access_token(app: &App, user: &User) -> Result<usize, ApiError> {
    longest_with(app, user, app.claims.of(user))
}

/// The same for a user without roles and without claims of the deployment's own.
///
/// # Errors
/// When signing fails.
pub(crate) fn longest_bare_token(app: &App) -> Result<usize, ApiError> {
    let nobody = User {
        id: LONGEST_ID.to_owned(),
        email: String::new(),
        username: "x".repeat(LONGEST_USERNAME),
        name: String::new(),
        roles: Vec::new(),
        attributes: Map::new(),
        created_at: 0,
    };
    longest_with(app, &nobody, Map::new())
}

fn longest_with(app: &App, user: &User, custom: Map<String, Value>) -> Result<usize, ApiError> {
    let tokens = &app.settings.tokens;
    let audiences = tokens.resources.iter().chain([&tokens.issuer]);
    let audience = audiences.max_by_key(|audience| audience.len());
    let now = app.clock.now();
    let granted = Granted {
        session_id: LONGEST_ID.to_owned(),
        created_at: now,
        authenticated_at: now,
        idle_expires_at: now,
        expires_at: now,
        remember: true,
        simplejwt: true,
        user: user.clone(),
    };
    let audience = audience.map_or("", String::as_str);
    let claims = claims(app, &granted, audience, (now, now), custom);
    let token = Secret::new(app.keys.ring().signing(now).sign(&claims)?);
    let message = token.expose().rsplit_once('.').map_or(0, |(message, _)| message.len());
    Ok(message + 1 + LONGEST_SIGNATURE)
}

fn claims(
    app: &App,
    granted: &Granted,
    audience: &str,
    (now, expires_at): (i64, i64),
    custom: Map<String, Value>,
) -> Claims {
    Claims {
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
        custom,
    }
}
