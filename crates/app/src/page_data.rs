use carnet_client::{AuthState, ClientSettings};
use carnet_shared::paths::pages;
use carnet_shared::{PasswordPolicy, SessionView};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Audience, FormName, Page, Trouble};
use carnet_leptos::sign_in_path;

/// The `id` of the script element that carries the [`PageData`].
pub const PAGE_DATA_ID: &str = "carnet-page";

/// The `id` of the element that the pages live in. Extensions put their own elements into `<body>`,
/// where hydration would stumble over them.
pub const ROOT_ID: &str = "carnet";

/// The `id` of the element with the content of the page.
pub(crate) const MAIN_ID: &str = "main";

/// Everything that the first page is made from. The server puts it into the page once and the browser
/// starts from it, so that both render the same and nothing is asked for twice. It carries no
/// token and no password.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PageData {
    /// Which page.
    pub page: Page,
    /// Who is signed in, as far as the cookie tells.
    pub auth: AuthState,
    /// What the deployment has decided.
    pub settings: SiteSettings,
    /// Where the account is signed in; only on the page that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Vec<SessionView>>,
    /// What came of a form that was sent without script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormOutcome>,
    /// What was just done, to be said once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Done>,
    /// Where to go after signing in; a path of this site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The server's clock in Unix seconds, so that "2 hours ago" is the same on both sides.
    pub now: i64,
}

/// What the deployment has decided and the pages need to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SiteSettings {
    /// How the browser keeps tokens.
    pub client: ClientSettings,
    /// What a new password must be like.
    pub passwords: PasswordPolicy,
    /// Whether people may make accounts themselves.
    pub registration_open: bool,
    /// Whether the start page is Carnet's. Else it belongs to the app that Carnet is a part of.
    pub has_home: bool,
    /// The path that the pages are under, such as `/account`; empty for none.
    pub prefix: String,
}

/// A form that was sent without script and came back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FormOutcome {
    /// Which form.
    pub form: FormName,
    /// What was typed, by field, passwords left out.
    pub values: Map<String, Value>,
    /// Why it came back.
    pub trouble: Trouble,
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
        [Self::NameSaved, Self::PasswordChanged, Self::DeviceSignedOut, Self::OthersSignedOut]
            .into_iter()
            .find(|done| done.slug() == slug)
    }
}

impl PageData {
    /// What was typed into a field of a form that came back, else nothing.
    pub(crate) fn typed(&self, form: FormName, field: &str) -> String {
        let outcome = self.form.as_ref().filter(|outcome| outcome.form == form);
        let value = outcome.and_then(|outcome| outcome.values.get(field)?.as_str());
        value.unwrap_or_default().to_owned()
    }

    /// Whether the box "keep me signed in" is ticked: yes, unless the form came back without.
    pub(crate) fn remember(&self, form: FormName) -> bool {
        let came_back = self.form.as_ref().is_some_and(|outcome| outcome.form == form);
        !came_back || !self.typed(form, "remember").is_empty()
    }

    /// Who is signed in, if somebody is.
    pub(crate) fn user_id(&self) -> Option<&str> {
        match &self.auth {
            AuthState::SignedIn { user, .. } => Some(&user.id),
            AuthState::Unknown | AuthState::Anonymous(_) => None,
        }
    }

    /// Where to go once somebody is signed in.
    pub(crate) fn after_sign_in(&self) -> String {
        let is_for_them = |next: &&String| {
            let path = next.split(['?', '#']).next().unwrap_or_default();
            Page::at(&self.settings.prefix, path).audience() != Audience::SignedOut
        };
        let next = self.next.as_ref().filter(is_for_them);
        next.cloned().unwrap_or_else(|| self.path_to(pages::PROFILE))
    }

    /// What the tab says. A form that came back says so, as this is the first thing that a screen
    /// reader reads.
    pub(crate) fn title(&self) -> String {
        let mark = if self.form.is_some() { "Error: " } else { "" };
        match self.page {
            Page::Home => [mark, "Carnet"].concat(),
            other => [mark, other.title(), " · Carnet"].concat(),
        }
    }

    /// Where a page is.
    pub(crate) fn path_to(&self, page: &str) -> String {
        [&self.settings.prefix, page].concat()
    }

    /// Where to come back to after signing in again.
    pub(crate) fn asked_for(&self) -> String {
        match (self.page, self.next.as_deref()) {
            (Page::Waiting, Some(path)) => path.to_owned(),
            (page, _) => self.path_to(page.path()),
        }
    }

    /// The path to a page that takes along where to go after signing in.
    pub(crate) fn with_next(&self, page: &str) -> String {
        let login = sign_in_path("", self.next.as_deref().unwrap_or_default());
        self.path_to(&login.replacen(pages::LOGIN, page, 1))
    }

    /// As JSON that is safe inside a script element: without `<` nothing can end the element or
    /// begin a comment.
    #[cfg(feature = "ssr")]
    pub(crate) fn to_script(&self) -> String {
        // All of it is strings, numbers and maps with string keys: it cannot fail.
        serde_json::to_string(self).unwrap_or_default().replace('<', "\\u003c")
    }

    /// Takes what the server put into the page; `None` when it is not there or not ours. Nothing of
    /// it stays behind for whoever uses the page after a sign-out.
    #[cfg(feature = "hydrate")]
    pub fn from_document() -> Option<Self> {
        let element = leptos::prelude::document().get_element_by_id(PAGE_DATA_ID)?;
        element.remove();
        serde_json::from_str(&element.text_content()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_read_as_it_is_written() {
        for done in
            [Done::NameSaved, Done::PasswordChanged, Done::DeviceSignedOut, Done::OthersSignedOut]
        {
            assert_eq!(Done::from_slug(done.slug()), Some(done));
        }
        assert_eq!(Done::from_slug("<script>"), None);
    }
}
