use std::collections::BTreeMap;

use toml::{Table, Value};

use super::SettingError;
use super::secrets::{SecretSetting, secret_of};
use super::value::FromSetting;

/// The settings as they were given, taken out one by one. What is left at the end was misspelt.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// By `section.key`.
    values: BTreeMap<String, Value>,
}

impl Reader {
    /// Takes the settings of a file: tables of plain values.
    pub(super) fn add_file(&mut self, text: &str) -> Result<(), SettingError> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            SettingError::new("settings file", error.message().replace('\n', " "))
        })?;
        for (section, value) in table {
            let Value::Table(keys) = value else {
                return Err(SettingError::new(&section, "must stand in a section"));
            };
            for (key, value) in keys {
                self.set(&format!("{section}.{key}"), value);
            }
        }
        Ok(())
    }

    /// Takes `CARNET_<SECTION>__<KEY>` from the environment, and for a secret the file that
    /// `CARNET_<SECTION>__<KEY>_FILE` names.
    pub(super) fn add_environment(
        &mut self,
        variables: &[(String, String)],
    ) -> Result<(), SettingError> {
        for (name, value) in variables {
            if let Some(rest) = name.strip_prefix("CARNET_")
                && let Some((section, key)) = rest.split_once("__")
                && !SecretSetting::ALL.iter().any(|secret| secret.has_variable(name))
            {
                let name = format!("{}.{}", section.to_lowercase(), key.to_lowercase());
                self.set(&name, Value::String(value.clone()));
            }
        }
        for secret in SecretSetting::ALL {
            if let Some(value) = secret_of(variables, &secret.variable())? {
                self.set(secret.name(), Value::String(value.expose().to_owned()));
            }
        }
        Ok(())
    }

    /// Sets one value; a later one replaces an earlier one.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.values.insert(name.to_owned(), value);
    }

    /// A setting, or `None` where it was not given.
    pub(super) fn optional<T: FromSetting>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, SettingError> {
        self.values
            .remove(name)
            .map(|value| T::from_setting(&value).map_err(|wanted| SettingError::new(name, wanted)))
            .transpose()
    }

    /// A setting with its default.
    pub(super) fn or<T: FromSetting>(&mut self, name: &str, default: T) -> Result<T, SettingError> {
        Ok(self.optional(name)?.unwrap_or(default))
    }

    /// Everything of a section whose keys are free.
    pub(super) fn section(&mut self, section: &str) -> Vec<(String, Value)> {
        let prefix = format!("{section}.");
        let names: Vec<String> =
            self.values.keys().filter(|name| name.starts_with(&prefix)).cloned().collect();
        names
            .into_iter()
            .filter_map(|name| Some((name[prefix.len()..].to_owned(), self.values.remove(&name)?)))
            .collect()
    }

    /// Refuses whatever was not taken.
    pub(super) fn finish(self) -> Result<(), SettingError> {
        match self.values.into_keys().next() {
            Some(name) => Err(SettingError::new(&name, "there is no such setting")),
            None => Ok(()),
        }
    }
}
