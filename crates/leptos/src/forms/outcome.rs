use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{FormName, Trouble};
use crate::Text;

/// A form that was sent without script and came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FormOutcome {
    /// Which form.
    pub form: FormName,
    /// What was typed, by field, passwords left out.
    pub values: Map<String, Value>,
    /// Why it came back.
    pub trouble: Trouble,
}

impl FormOutcome {
    /// What was typed into a field; nothing, where it was left empty.
    pub(crate) fn typed(&self, field: &str) -> &str {
        self.values.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

/// What was just done, kept in the address of the page that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Done {
    /// The name was changed.
    NameSaved,
    /// The password was changed and the other devices signed out.
    PasswordChanged,
    /// One device was signed out.
    DeviceSignedOut,
    /// All devices but this one were signed out.
    OthersSignedOut,
}

impl Done {
    const ALL: [Self; 4] =
        [Self::NameSaved, Self::PasswordChanged, Self::DeviceSignedOut, Self::OthersSignedOut];

    /// As it stands in an address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::NameSaved => "name-saved",
            Self::PasswordChanged => "password-changed",
            Self::DeviceSignedOut => "device-signed-out",
            Self::OthersSignedOut => "others-signed-out",
        }
    }

    /// Reads what [`Done::slug`] writes.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.slug() == slug)
    }

    /// What to say about it.
    pub fn text(self) -> Text {
        match self {
            Self::NameSaved => Text::NameSaved,
            Self::PasswordChanged => Text::PasswordChanged,
            Self::DeviceSignedOut => Text::DeviceSignedOut,
            Self::OthersSignedOut => Text::OthersSignedOut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_read_as_it_is_written() {
        for done in Done::ALL {
            assert_eq!(Done::from_slug(done.slug()), Some(done));
        }
        assert_eq!(Done::from_slug("<script>"), None);
    }
}
