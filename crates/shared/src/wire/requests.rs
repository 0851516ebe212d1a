use serde::Serialize;

use crate::input::password::presented_password;
use crate::{
    Attempt, Delivery, DisplayName, Email, FieldCode, FieldError, Fields, MAX_TOKEN_LENGTH,
    NewPassword, PasswordPolicy, Secret, Username,
};

/// POST [`crate::paths::REGISTER`].
#[derive(Debug, Clone, Serialize)]
pub struct RegisterRequest {
    /// Where the account can be reached.
    pub email: Email,
    /// What the account signs in with.
    pub username: Username,
    /// What to call the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// The new password.
    pub password: NewPassword,
    /// Whether the session outlives the browser and half a day of rest; yes when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remember: Option<bool>,
    /// How the refresh token travels; in the body when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
}

impl RegisterRequest {
    /// Reads the fields of a body or a form.
    ///
    /// # Errors
    /// Every field that will not do.
    pub fn parse(mut fields: Fields, policy: PasswordPolicy) -> Result<Self, Vec<FieldError>> {
        let email = fields.required("email", Email::parse);
        let username = fields.required("username", Username::parse);
        let name = fields.optional("name", DisplayName::parse);
        let password = fields.required("password", |text| NewPassword::parse(text, policy));
        let remember = fields.flag("remember");
        let delivery = fields.optional("delivery", Delivery::parse);
        let built = (|| {
            Some(Self {
                email: email?,
                username: username?,
                name,
                password: password?,
                remember,
                delivery,
            })
        })();
        fields.finish(built)
    }
}

/// POST [`crate::paths::LOGIN`].
#[derive(Debug, Clone, Serialize)]
pub struct LoginRequest {
    /// A username or an e-mail address.
    pub login: String,
    /// The password.
    pub password: Secret,
    /// Whether the session outlives the browser and half a day of rest; yes when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remember: Option<bool>,
    /// How the refresh token travels; in the body when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// The service that the access token is for (RFC 8707).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

impl LoginRequest {
    /// Reads the fields of a body or a form.
    ///
    /// # Errors
    /// Every field that will not do.
    pub fn parse(mut fields: Fields) -> Result<Self, Vec<FieldError>> {
        let login = fields.required("login", login_text);
        let password = fields.required("password", presented_password);
        let remember = fields.flag("remember");
        let delivery = fields.optional("delivery", Delivery::parse);
        let resource = fields.optional("resource", short_text);
        let built =
            (|| Some(Self { login: login?, password: password?, remember, delivery, resource }))();
        fields.finish(built)
    }
}

/// POST [`crate::paths::REFRESH`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct RefreshRequest {
    /// The refresh token; the cookie's when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// Names this try, the same for every retry of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Attempt>,
    /// The attempt of the last answer that was saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Attempt>,
    /// The id of the session that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The service that the access token is for (RFC 8707).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

impl RefreshRequest {
    /// Reads the fields of a body.
    ///
    /// # Errors
    /// Every field that will not do.
    pub fn parse(mut fields: Fields) -> Result<Self, Vec<FieldError>> {
        let request = Self {
            refresh_token: fields.optional("refresh_token", presented_token),
            attempt: fields.optional("attempt", Attempt::parse),
            previous: fields.optional("previous", Attempt::parse),
            session: fields.optional("session", short_text),
            resource: fields.optional("resource", short_text),
        };
        fields.finish(Some(request))
    }
}

/// POST [`crate::paths::LOGOUT`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct LogoutRequest {
    /// The refresh token; the cookie's, or the access token's session, when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
}

impl LogoutRequest {
    /// Reads the fields of a body.
    ///
    /// # Errors
    /// Every field that will not do.
    pub fn parse(mut fields: Fields) -> Result<Self, Vec<FieldError>> {
        let request = Self { refresh_token: fields.optional("refresh_token", presented_token) };
        fields.finish(Some(request))
    }
}

/// POST [`crate::paths::REVOKE`] and [`crate::paths::INTROSPECT`] (RFC 7009 §2.1, RFC 7662 §2.1).
#[derive(Debug, Clone, Serialize)]
pub struct TokenRequest {
    /// An access token or a refresh token.
    pub token: Secret,
    /// The secret of the client that asks, where it is not in the `Authorization` header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
}

impl TokenRequest {
    /// Reads the fields of a body or a form. Which kind of token it is shows by itself, so hints are
    /// passed over like all that OAuth may add.
    ///
    /// # Errors
    /// When there is no token, or it is too long.
    pub fn parse(mut fields: Fields) -> Result<Self, Vec<FieldError>> {
        let token = fields.required("token", presented_token);
        let client_secret = fields.optional("client_secret", presented_token);
        fields.ignore_unknown();
        fields.finish(token.map(|token| Self { token, client_secret }))
    }
}

/// PATCH [`crate::paths::ME`].
#[derive(Debug, Clone, Serialize)]
pub struct UpdateProfileRequest {
    /// What to call the person.
    pub name: DisplayName,
}

impl UpdateProfileRequest {
    /// Reads the fields of a body or a form.
    ///
    /// # Errors
    /// Every field that will not do.
    pub fn parse(mut fields: Fields) -> Result<Self, Vec<FieldError>> {
        let name = fields.required("name", DisplayName::parse);
        fields.finish(name.map(|name| Self { name }))
    }
}

/// POST [`crate::paths::PASSWORD`].
#[derive(Debug, Clone, Serialize)]
pub struct ChangePasswordRequest {
    /// The password until now.
    pub current_password: Secret,
    /// The password from now on.
    pub new_password: NewPassword,
    /// The refresh token, to be rotated along; the cookie's when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// As in [`RefreshRequest`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Attempt>,
    /// As in [`RefreshRequest`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Attempt>,
}

impl ChangePasswordRequest {
    /// Reads the fields of a body or a form.
    ///
    /// # Errors
    /// Every field that will not do.
    pub fn parse(mut fields: Fields, policy: PasswordPolicy) -> Result<Self, Vec<FieldError>> {
        let current_password = fields.required("current_password", presented_password);
        let new_password = fields.required("new_password", |text| NewPassword::parse(text, policy));
        let refresh_token = fields.optional("refresh_token", presented_token);
        let attempt = fields.optional("attempt", Attempt::parse);
        let previous = fields.optional("previous", Attempt::parse);
        let built = (|| {
            Some(Self {
                current_password: current_password?,
                new_password: new_password?,
                refresh_token,
                attempt,
                previous,
            })
        })();
        fields.finish(built)
    }
}

/// A login name is compared trimmed; longer than any e-mail address it can be nobody's.
fn login_text(text: &str) -> Result<String, FieldCode> {
    let text = text.trim();
    match text.len() {
        0 => Err(FieldCode::Missing),
        1..=254 if text.chars().any(char::is_control) => Err(FieldCode::Invalid),
        1..=254 => Ok(text.to_owned()),
        _ => Err(FieldCode::TooLong),
    }
}

fn short_text(text: &str) -> Result<String, FieldCode> {
    match text.len() {
        0 => Err(FieldCode::Invalid),
        1..=512 if text.chars().any(char::is_control) => Err(FieldCode::Invalid),
        1..=512 => Ok(text.to_owned()),
        _ => Err(FieldCode::TooLong),
    }
}

fn presented_token(text: &str) -> Result<Secret, FieldCode> {
    if text.len() > MAX_TOKEN_LENGTH { Err(FieldCode::TooLong) } else { Ok(Secret::new(text)) }
}
