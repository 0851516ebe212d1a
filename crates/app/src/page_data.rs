use carnet_leptos::{AuthState, Handover, Text, Texts, sign_in_path};
use carnet_shared::paths::pages;
use serde::{Deserialize, Serialize};

use crate::{Audience, Page};

/// The `id` of the script element that carries the [`PageData`].
pub const PAGE_DATA_ID: &str = "carnet-page";

/// The `id` of the element that the pages live in. Extensions put their own elements into `<body>`,
/// where hydration would stumble over them.
pub const ROOT_ID: &str = "carnet";

/// The `id` of the element with the content of the page.
pub(crate) const MAIN_ID: &str = "main";

/// Everything that the first page is made from, but for its texts, which are a file of their own. The server
/// puts it into the page once and the browser starts from it, so that both render the same and nothing is
/// asked for twice. It carries no token and no password.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PageData {
    /// Which page.
    pub page: Page,
    /// What the server knows, as for the pages of any app.
    pub handover: Handover,
    /// What the site is called.
    pub site_name: String,
    /// Where its logo is; without one it has Carnet's mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Further links at the end of each page, such as an imprint: what each says, and where it leads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// The pages that belong to the app that Carnet is a part of, by their paths without the prefix.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_pages: Vec<String>,
}

impl PageData {
    /// What a link to this page says in `rel`: the router must not take it where the page is the app's.
    pub(crate) fn rel(&self, path: &str) -> Option<&'static str> {
        self.own_pages.iter().any(|own| own == path).then_some("external")
    }

    /// Who is signed in, if somebody is.
    pub(crate) fn user_id(&self) -> Option<&str> {
        match &self.handover.auth {
            AuthState::SignedIn { user, .. } => Some(&user.id),
            AuthState::Unknown | AuthState::Anonymous(_) => None,
        }
    }

    /// Where to go once somebody is signed in.
    pub(crate) fn after_sign_in(&self) -> String {
        let is_for_them = |next: &&String| {
            let path = next.split(['?', '#']).next().unwrap_or_default();
            Page::at(&self.handover.prefix, path).audience() != Audience::SignedOut
        };
        let next = self.handover.next.as_ref().filter(is_for_them);
        next.cloned().unwrap_or_else(|| self.path_to(pages::PROFILE))
    }

    /// What the tab says. A form that came back says so, as this is the first thing that a screen
    /// reader reads.
    pub(crate) fn title(&self, texts: Texts) -> String {
        let title = match self.page.title() {
            None => self.site_name.clone(),
            Some(title) => texts.fill(Text::PageTitle, &[("title", texts.get(title))]),
        };
        match self.handover.form {
            Some(_) => texts.fill(Text::ErrorTitle, &[("title", &title)]),
            None => title,
        }
    }

    /// Where a page is.
    pub(crate) fn path_to(&self, page: &str) -> String {
        [&self.handover.prefix, page].concat()
    }

    /// Where to come back to after signing in again.
    pub(crate) fn asked_for(&self) -> String {
        match (self.page, self.handover.next.as_deref()) {
            (Page::Waiting, Some(path)) => path.to_owned(),
            (page, _) => self.path_to(page.path()),
        }
    }

    /// The path to a page that takes along where to go after signing in.
    pub(crate) fn with_next(&self, page: &str) -> String {
        let login = sign_in_path("", self.handover.next.as_deref().unwrap_or_default());
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
    /// it stays behind for the next person who uses the page after a sign-out.
    #[cfg(feature = "hydrate")]
    pub fn from_document() -> Option<Self> {
        let element = leptos::prelude::document().get_element_by_id(PAGE_DATA_ID)?;
        element.remove();
        serde_json::from_str(&element.text_content()?).ok()
    }
}
