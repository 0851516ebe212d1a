use carnet_shared::{Fields, MalformedBody};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Every form that there is. Two on one page are told apart by the hidden field `form`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormName {
    /// Make an account.
    Register,
    /// Sign in.
    Login,
    /// Change the name.
    Name,
    /// Change the password.
    Password,
    /// Sign out one other device.
    EndSession,
    /// Sign out all other devices.
    EndOthers,
}

impl FormName {
    /// Every form there is.
    pub const ALL: [Self; 6] = [
        Self::Register,
        Self::Login,
        Self::Name,
        Self::Password,
        Self::EndSession,
        Self::EndOthers,
    ];

    /// As the hidden field says it.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Login => "login",
            Self::Name => "name",
            Self::Password => "password",
            Self::EndSession => "end-session",
            Self::EndOthers => "end-others",
        }
    }

    /// Reads what [`FormName::slug`] writes.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.slug() == slug)
    }

    /// The fields that it sends.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Register => &["email", "username", "name", "password", "remember", "next"],
            Self::Login => &["login", "password", "remember", "next"],
            Self::Name => &["name"],
            Self::Password => &["current_password", "new_password"],
            Self::EndSession => &["id"],
            Self::EndOthers => &[],
        }
    }
}

/// A form as it was sent, read alike in the browser and on the server.
#[derive(Debug)]
pub struct Submitted {
    /// What goes into the request, to be parsed by it.
    pub fields: Fields,
    /// What was typed, to be shown again should the form come back. Never a password.
    pub values: Map<String, Value>,
    /// Where to go after signing in, as it was sent: not to be followed unless it is checked.
    pub next: Option<String>,
}

impl Submitted {
    /// Takes apart what a form sent. Fields that it does not have are passed over: extensions of
    /// browsers add some of their own.
    ///
    /// # Errors
    /// [`MalformedBody`] when a field comes twice.
    pub fn read(
        form: FormName,
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, MalformedBody> {
        let mut next = None;
        let mut values = Map::new();
        let mut sent = Vec::new();
        for (name, value) in pairs {
            if !form.fields().contains(&name.as_str()) {
                continue;
            }
            match name.as_str() {
                "next" => {
                    next = Some(value).filter(|next| !next.is_empty());
                    continue;
                }
                "password" | "current_password" | "new_password" => {}
                _ => {
                    values.insert(name.clone(), value.clone().into());
                }
            }
            sent.push((name, value));
        }
        let mut fields = Fields::from_form(sent)?;
        match form {
            // An absent checkbox was left empty, and says no.
            FormName::Register | FormName::Login => {
                fields.set("remember", values.contains_key("remember"));
            }
            // An empty field is absent, but a name may be taken away.
            FormName::Name => {
                fields.set("name", values.get("name").cloned().unwrap_or_else(|| "".into()));
            }
            FormName::Password | FormName::EndSession | FormName::EndOthers => {}
        }
        Ok(Self { fields, values, next })
    }
}

#[cfg(test)]
mod tests {
    use carnet_shared::{LoginRequest, UpdateProfileRequest};

    use super::*;

    fn read(form: FormName, pairs: &[(&str, &str)]) -> Submitted {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Submitted::read(form, pairs).unwrap()
    }

    #[test]
    fn a_password_is_not_among_what_is_shown_again() {
        let sent = [("login", "ada"), ("password", "hidden away well"), ("form", "login")];
        let submitted = read(FormName::Login, &sent);
        assert_eq!(submitted.values.keys().collect::<Vec<_>>(), ["login"]);
        assert!(LoginRequest::parse(submitted.fields).is_ok());
    }

    #[test]
    fn a_checkbox_that_was_left_empty_says_no() {
        let sent = [("login", "ada"), ("password", "hidden away well")];
        let request = LoginRequest::parse(read(FormName::Login, &sent).fields).unwrap();
        assert_eq!(request.remember, Some(false));
        let sent = [sent[0], sent[1], ("remember", "on")];
        let request = LoginRequest::parse(read(FormName::Login, &sent).fields).unwrap();
        assert_eq!(request.remember, Some(true));
    }

    #[test]
    fn a_name_can_be_taken_away() {
        let submitted = read(FormName::Name, &[("form", "name"), ("name", "")]);
        assert_eq!(UpdateProfileRequest::parse(submitted.fields).unwrap().name.as_str(), "");
    }

    #[test]
    fn where_to_go_next_is_no_field_of_the_request() {
        let sent = [("login", "ada"), ("password", "hidden away well"), ("next", "/sessions")];
        let submitted = read(FormName::Login, &sent);
        assert_eq!(submitted.next.as_deref(), Some("/sessions"));
        assert!(LoginRequest::parse(submitted.fields).is_ok());
    }

    #[test]
    fn what_an_extension_adds_is_passed_over() {
        let sent =
            [("login", "ada"), ("password", "hidden away well"), ("x-ext", "1"), ("x-ext", "2")];
        let submitted = read(FormName::Login, &sent);
        assert!(!submitted.values.contains_key("x-ext"));
        assert!(LoginRequest::parse(submitted.fields).is_ok());
    }

    #[test]
    fn a_field_that_comes_twice_is_malformed() {
        let twice = [("login".to_owned(), "a".to_owned()), ("login".to_owned(), "b".to_owned())];
        assert!(Submitted::read(FormName::Login, twice).is_err());
    }
}
