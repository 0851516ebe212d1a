use carnet_shared::{Fields, MalformedBody};
use serde_json::{Map, Value};

use super::FormName;

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
            FormName::Password | FormName::EndSession | FormName::EndOthers | FormName::SignOut => {
            }
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
