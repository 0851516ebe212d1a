use carnet_shared::Secret;
use toml::Value;

use super::value::FromSetting;
use super::{DatabaseUrl, SettingError};

/// A setting that is a secret, or may hold one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretSetting {
    DatabaseUrl,
    IntrospectionSecret,
}

impl SecretSetting {
    pub(super) const ALL: [Self; 2] = [Self::DatabaseUrl, Self::IntrospectionSecret];

    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|secret| secret.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DatabaseUrl => "database.url",
            Self::IntrospectionSecret => "tokens.introspection_secret",
        }
    }

    /// The environment variable for it.
    pub(super) fn variable(self) -> String {
        format!("CARNET_{}", self.name().replace('.', "__").to_uppercase())
    }

    /// Whether this variable is for it, or names the file that holds it.
    pub(super) fn has_variable(self, variable: &str) -> bool {
        variable.strip_suffix("_FILE").unwrap_or(variable) == self.variable()
    }

    /// Whether this value holds something secret. What cannot be read is refused elsewhere.
    pub(super) fn is_secret(self, value: &Value) -> bool {
        match self {
            Self::DatabaseUrl => {
                DatabaseUrl::from_setting(value).is_ok_and(|url| url.has_password())
            }
            Self::IntrospectionSecret => true,
        }
    }

    pub(super) fn must_not_be_assigned(self) -> SettingError {
        let what = match self {
            Self::DatabaseUrl => "an address with a password",
            Self::IntrospectionSecret => "a secret",
        };
        let variable = self.variable();
        SettingError::new(
            self.name(),
            format!(
                "{what} must not stand in --set, where every process of this machine can read it; \
                 put it into the settings file, into {variable}, or into a file that \
                 {variable}_FILE names"
            ),
        )
    }
}

/// The secret in an environment variable, or in the file that the same variable with `_FILE` names,
/// without the end of its last line.
///
/// # Errors
/// When both are set, or the file cannot be read.
pub(crate) fn secret_of(
    environment: &[(String, String)],
    variable: &str,
) -> Result<Option<Secret>, SettingError> {
    let find = |name: &str| {
        environment.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    };
    let file_variable = format!("{variable}_FILE");
    match (find(variable), find(&file_variable)) {
        (None, None) => Ok(None),
        (Some(secret), None) => Ok(Some(Secret::new(secret))),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| SettingError::new(&file_variable, format!("{path}: {error}")))?;
            let text = Secret::new(text);
            let line = text.expose();
            let line = line.strip_suffix('\n').unwrap_or(line);
            Ok(Some(Secret::new(line.strip_suffix('\r').unwrap_or(line))))
        }
        (Some(_), Some(_)) => Err(SettingError::new(
            &file_variable,
            format!("{variable} is set too; keep one of them"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_has_its_variable() {
        let variables = SecretSetting::ALL.map(SecretSetting::variable);
        assert_eq!(variables, ["CARNET_DATABASE__URL", "CARNET_TOKENS__INTROSPECTION_SECRET"]);
    }
}
