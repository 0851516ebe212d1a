use std::collections::HashSet;

use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use carnet_shared::{Fields, MAX_PASSWORD_BYTES, MalformedBody, Secret};
use serde_json::Value;

use super::refused::Refused;
use crate::request::{MediaType, read_body, read_form};

/// In characters; longer than any e-mail address it can be nobody's.
const MAX_USERNAME: usize = 254;

/// The fields of a JSON body or a form, taken out one by one and refused in the words of Django REST
/// framework. Fields that nobody takes are passed over, as it does. [`NoForeignForm`] keeps forms of
/// other sites out.
///
/// [`NoForeignForm`]: crate::request::NoForeignForm
#[derive(Debug)]
pub(crate) struct Body {
    fields: Fields,
    refused: Vec<(&'static str, &'static str)>,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let media_type = MediaType::of(request.headers());
        let header = request.headers().get(CONTENT_TYPE).map(|value| value.as_bytes().to_owned());
        let bytes = read_body(request, state).await?;
        let fields = match media_type {
            _ if bytes.is_empty() => Fields::default(),
            MediaType::Json => from_json(&bytes)?,
            MediaType::Form => from_form(&bytes)?,
            MediaType::Other => {
                let header = header.unwrap_or_default();
                return Err(Refused::media_type(&String::from_utf8_lossy(&header)));
            }
        };
        Ok(Self { fields, refused: Vec::new() })
    }
}

impl Body {
    /// A username or an e-mail address, trimmed.
    pub(crate) fn username(&mut self, name: &'static str) -> Option<String> {
        let text = self.trimmed(name)?;
        if text.chars().count() > MAX_USERNAME {
            return self.refuse(name, "Ensure this field has no more than 254 characters.");
        }
        Some(text)
    }

    /// A password, as it is.
    pub(crate) fn password(&mut self, name: &'static str) -> Option<Secret> {
        let text = self.text(name)?;
        if text.len() > MAX_PASSWORD_BYTES {
            return self.refuse(name, "Ensure this field has no more than 1024 bytes.");
        }
        Some(Secret::new(text))
    }

    /// A token, trimmed.
    pub(crate) fn token(&mut self, name: &'static str) -> Option<Secret> {
        self.trimmed(name).map(Secret::new)
    }

    /// Ends the reading: `built` is what was taken, and is only absent where a field was refused.
    ///
    /// # Errors
    /// Every field that was refused.
    pub(crate) fn finish<T>(self, built: Option<T>) -> Result<T, Refused> {
        built.ok_or(Refused::Fields(self.refused))
    }

    fn trimmed(&mut self, name: &'static str) -> Option<String> {
        let text = self.text(name)?;
        match text.trim() {
            "" => self.refuse(name, "This field may not be blank."),
            trimmed => Some(trimmed.to_owned()),
        }
    }

    fn text(&mut self, name: &'static str) -> Option<String> {
        let text = match self.fields.take(name) {
            None => return self.refuse(name, "This field is required."),
            Some(Value::Null) => return self.refuse(name, "This field may not be null."),
            Some(Value::String(text)) => text,
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
                return self.refuse(name, "Not a valid string.");
            }
        };
        if text.is_empty() {
            return self.refuse(name, "This field may not be blank.");
        }
        if text.contains('\0') {
            return self.refuse(name, "Null characters are not allowed.");
        }
        Some(text)
    }

    fn refuse<T>(&mut self, name: &'static str, why: &'static str) -> Option<T> {
        self.refused.push((name, why));
        None
    }
}

fn from_json(bytes: &[u8]) -> Result<Fields, Refused> {
    if let Ok(fields) = Fields::from_json(bytes) {
        return Ok(fields);
    }
    let kind = match serde_json::from_slice(bytes) {
        Err(error) => return Err(Refused::malformed(&error.to_string())),
        Ok(Value::Object(_)) => return Err(Refused::malformed("a key stands in it twice")),
        Ok(Value::Null) => return Err(Refused::Body("No data provided".to_owned())),
        Ok(Value::Array(_)) => "list",
        Ok(Value::String(_)) => "str",
        Ok(Value::Bool(_)) => "bool",
        Ok(Value::Number(number)) if number.is_f64() => "float",
        Ok(Value::Number(_)) => "int",
    };
    Err(Refused::Body(format!("Invalid data. Expected a dictionary, but got {kind}.")))
}

/// Unlike a plain form of our pages, an empty field is there, and blank.
fn from_form(bytes: &[u8]) -> Result<Fields, Refused> {
    let pairs = read_form(bytes).map_err(|MalformedBody| Refused::malformed_form())?;
    let (mut fields, mut names) = (Fields::default(), HashSet::new());
    for (name, value) in pairs {
        fields.set(&name, value);
        if !names.insert(name) {
            return Err(Refused::Body("A field stands in the form twice.".to_owned()));
        }
    }
    Ok(fields)
}
