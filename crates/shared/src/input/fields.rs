use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::field_code::{FieldCode, FieldError};

/// The fields of a body, taken out one by one. What is wrong is gathered on the way, so that an
/// answer names every field that needs another look; what is left at the end is unknown.
#[derive(Debug, Default)]
pub struct Fields {
    values: BTreeMap<String, Value>,
    errors: Vec<FieldError>,
}

/// The body is not one JSON object with each key once.
#[derive(Debug, PartialEq, Eq)]
pub struct MalformedBody;

impl Fields {
    /// Reads a JSON object.
    ///
    /// # Errors
    /// [`MalformedBody`] when it is anything else, has a key twice, or is followed by more.
    pub fn from_json(body: &[u8]) -> Result<Self, MalformedBody> {
        let UniqueKeys(values) = serde_json::from_slice(body).map_err(|_| MalformedBody)?;
        Ok(Self { values, errors: Vec::new() })
    }

    /// Takes the fields of a submitted form. An empty text field counts as absent, since a form
    /// sends every field.
    ///
    /// # Errors
    /// [`MalformedBody`] when a field comes twice.
    pub fn from_form(
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, MalformedBody> {
        let mut values = BTreeMap::new();
        for (name, value) in pairs {
            if !value.is_empty() && values.insert(name, Value::String(value)).is_some() {
                return Err(MalformedBody);
            }
        }
        Ok(Self { values, errors: Vec::new() })
    }

    /// Adds a field, replacing what was there.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.values.insert(name.to_owned(), value.into());
    }

    /// A field as it came, for whoever has rules of their own.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.values.remove(name)
    }

    /// A field that must be there and parse.
    pub fn required<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, FieldCode>,
    ) -> Option<T> {
        if matches!(self.values.get(name), None | Some(Value::Null)) {
            self.values.remove(name);
            self.refuse(name, FieldCode::Missing);
            return None;
        }
        self.optional(name, parse)
    }

    /// A field that may be absent or `null` and must parse when it is there.
    pub fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, FieldCode>,
    ) -> Option<T> {
        let parsed = match self.values.remove(name) {
            None | Some(Value::Null) => return None,
            Some(Value::String(text)) => parse(&text),
            Some(_) => Err(FieldCode::WrongType),
        };
        parsed.map_err(|code| self.refuse(name, code)).ok()
    }

    /// A yes or no that may be absent; a form's checkbox says `on`.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        match self.values.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::Bool(flag)) => Some(flag),
            Some(Value::String(text)) if text == "on" || text == "true" => Some(true),
            Some(Value::String(text)) if text == "false" => Some(false),
            Some(_) => {
                self.refuse(name, FieldCode::WrongType);
                None
            }
        }
    }

    /// Passes over what was not taken, for the interfaces whose standard says so (RFC 6749 §3.2).
    pub fn ignore_unknown(&mut self) {
        self.values.clear();
    }

    /// Notes that a field will not do.
    pub fn refuse(&mut self, name: &str, code: FieldCode) {
        self.errors.push(FieldError::new(name, code));
    }

    /// Ends the reading: `build` gets what was taken, and gives `None` only where a field that it
    /// needs was refused.
    ///
    /// # Errors
    /// Every field that was refused, the unknown ones last.
    pub fn finish<T>(mut self, built: Option<T>) -> Result<T, Vec<FieldError>> {
        let unknown = std::mem::take(&mut self.values);
        for name in unknown.into_keys() {
            // A name of megabytes is not repeated to whoever sent it.
            let shown: String = name.chars().take(64).collect();
            self.refuse(&shown, FieldCode::Unknown);
        }
        match built {
            Some(built) if self.errors.is_empty() => Ok(built),
            _ => Err(self.errors),
        }
    }
}

/// serde_json keeps the last of two equal keys; which one an attacker meant is not to be guessed.
struct UniqueKeys(BTreeMap<String, Value>);

impl<'de> Deserialize<'de> for UniqueKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;

        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = UniqueKeys;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<UniqueKeys, A::Error> {
                let mut values = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    if values.insert(key, value).is_some() {
                        return Err(A::Error::custom("repeated key"));
                    }
                }
                Ok(UniqueKeys(values))
            }
        }

        deserializer.deserialize_map(ObjectVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Result<String, FieldCode> {
        Ok(value.to_owned())
    }

    #[test]
    fn a_repeated_key_is_malformed() {
        assert_eq!(Fields::from_json(br#"{"a":"1","a":"2"}"#).unwrap_err(), MalformedBody);
    }

    #[test]
    fn only_one_whole_object_is_a_body() {
        for body in ["", "[]", "null", "{", "{} {}", "\u{feff}{}", "{'a':1}", "NaN"] {
            assert!(Fields::from_json(body.as_bytes()).is_err(), "{body:?}");
        }
    }

    #[test]
    fn every_refused_field_is_named_at_once() {
        let mut fields = Fields::from_json(br#"{"login":7,"admin":true}"#).unwrap();
        let login = fields.required("login", text);
        let password = fields.required("password", text);
        let errors = fields.finish(login.zip(password)).unwrap_err();
        assert_eq!(
            errors,
            [
                FieldError::new("login", FieldCode::WrongType),
                FieldError::new("password", FieldCode::Missing),
                FieldError::new("admin", FieldCode::Unknown),
            ]
        );
    }

    #[test]
    fn an_empty_form_field_is_absent() {
        let mut fields = Fields::from_form([("name".to_owned(), String::new())]).unwrap();
        assert_eq!(fields.required("name", text), None);
        assert_eq!(
            fields.finish(Some(())).unwrap_err(),
            [FieldError::new("name", FieldCode::Missing)]
        );
    }
}
