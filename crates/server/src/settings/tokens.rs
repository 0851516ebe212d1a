use carnet_shared::Secret;
use carnet_verify::Algorithm;
use toml::Value;

use super::value::FromSetting;
use super::{Lifetime, Reader, ServerSettings, SettingError};

/// The idle lifetime of a session whose owner did not ask to be remembered.
const UNREMEMBERED_LIFETIME: Lifetime = Lifetime::from_seconds(12 * 3_600);

/// `[tokens]`
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// The `iss` of every token; `server.public_url` by default.
    pub issuer: String,
    /// Services that a token may be asked for instead (RFC 8707).
    pub resources: Vec<String>,
    /// How access tokens are signed; ES256 by default.
    pub algorithm: Algorithm,
    /// How long an access token is valid; 5 minutes by default, 1 second to 15 minutes.
    pub access_lifetime: Lifetime,
    /// How long a session lives without being refreshed; 30 days by default.
    pub idle_lifetime: Lifetime,
    /// The same where the owner did not ask to be remembered: half a day, or less if
    /// `idle_lifetime` is.
    pub unremembered_lifetime: Lifetime,
    /// How long a session lives at most; 90 days by default.
    pub absolute_lifetime: Lifetime,
    /// For how long after a rotation the token before is honoured; 10 seconds by default, at most a
    /// minute.
    pub reuse_grace: Lifetime,
    /// How old a key grows before the next one is made; 90 days by default, never for `"0s"`.
    pub key_rotation: Lifetime,
    /// What a client of `/api/auth/introspect` proves itself with; without it nobody can ask.
    pub introspection_secret: Option<Secret>,
    /// Sessions of one account; 20 by default, the oldest ends.
    pub max_sessions: u32,
}

impl TokenSettings {
    pub(super) fn read(reader: &mut Reader, server: &ServerSettings) -> Result<Self, SettingError> {
        let seconds = Lifetime::from_seconds;
        let access_lifetime =
            within(reader, "tokens.access_lifetime", seconds(300), seconds(1), seconds(900))?;
        let idle_lifetime = within(
            reader,
            "tokens.idle_lifetime",
            seconds(30 * 86_400),
            seconds(1),
            seconds(3_650 * 86_400),
        )?;
        let max_sessions = reader.or("tokens.max_sessions", 20)?;
        if max_sessions == 0 {
            return Err(SettingError::new("tokens.max_sessions", "must be at least 1"));
        }
        Ok(Self {
            issuer: issuer(reader, server)?,
            resources: names(reader.or("tokens.resources", Vec::new())?),
            algorithm: reader.or("tokens.algorithm", Algorithm::ES256)?,
            access_lifetime,
            idle_lifetime,
            unremembered_lifetime: idle_lifetime.min(UNREMEMBERED_LIFETIME),
            absolute_lifetime: within(
                reader,
                "tokens.absolute_lifetime",
                seconds(90 * 86_400),
                seconds(1),
                seconds(3_650 * 86_400),
            )?,
            reuse_grace: within(
                reader,
                "tokens.reuse_grace",
                seconds(10),
                seconds(0),
                seconds(60),
            )?,
            key_rotation: key_rotation(reader)?,
            introspection_secret: introspection_secret(reader)?,
            max_sessions,
        })
    }
}

/// The name of an issuer or a service, which every token repeats and services compare to the letter.
#[derive(Debug)]
struct Name(String);

impl FromSetting for Name {
    fn from_setting(value: &Value) -> Result<Self, String> {
        match value.as_str() {
            Some("") => Err(r#"must not be empty: write a name such as "https://id.example.org", or leave the setting out"#.to_owned()),
            Some(text) if text.chars().any(|it| it.is_whitespace() || it.is_control()) => {
                Err("must have no spaces: services compare it to the letter".to_owned())
            }
            Some(text) => Ok(Self(text.to_owned())),
            None => Err("must be a text".to_owned()),
        }
    }
}

fn issuer(reader: &mut Reader, server: &ServerSettings) -> Result<String, SettingError> {
    let named: Option<Name> = reader.optional("tokens.issuer")?;
    Ok(named.map_or_else(|| server.public_url.as_str().to_owned(), |Name(text)| text))
}

fn names(list: Vec<Name>) -> Vec<String> {
    list.into_iter().map(|Name(text)| text).collect()
}

/// Shorter than an hour, keys would be announced before the last one is in use.
fn key_rotation(reader: &mut Reader) -> Result<Lifetime, SettingError> {
    const NAME: &str = "tokens.key_rotation";
    let age = reader.or(NAME, Lifetime::from_seconds(90 * 86_400))?;
    if age.seconds() == 0 || age.seconds() >= 3_600 {
        Ok(age)
    } else {
        Err(SettingError::new(NAME, r#"must be at least an hour, or "0s" for never"#))
    }
}

/// Shorter than this it could be guessed.
const LEAST_SECRET_LENGTH: usize = 32;

fn introspection_secret(reader: &mut Reader) -> Result<Option<Secret>, SettingError> {
    const NAME: &str = "tokens.introspection_secret";
    let secret: Option<String> = reader.optional(NAME)?;
    if secret.as_ref().is_some_and(|secret| secret.len() < LEAST_SECRET_LENGTH) {
        let problem = format!("must have at least {LEAST_SECRET_LENGTH} characters");
        return Err(SettingError::new(NAME, problem));
    }
    Ok(secret.map(Secret::new))
}

fn within(
    reader: &mut Reader,
    name: &str,
    default: Lifetime,
    least: Lifetime,
    most: Lifetime,
) -> Result<Lifetime, SettingError> {
    let lifetime = reader.or(name, default)?;
    if (least..=most).contains(&lifetime) {
        Ok(lifetime)
    } else {
        let problem = format!("must be between {}s and {}s", least.seconds(), most.seconds());
        Err(SettingError::new(name, problem))
    }
}
