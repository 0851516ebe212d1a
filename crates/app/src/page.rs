use carnet_leptos::Text;
use carnet_shared::paths::pages;
use serde::{Deserialize, Serialize};

use crate::pages::{NotLoaded, load_later_pages};

/// Every page that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    /// Where everybody arrives.
    Home,
    /// Make an account.
    Register,
    /// Sign in.
    Login,
    /// The account: name and password.
    Profile,
    /// Where the account is signed in.
    Sessions,
    /// The account may not see what was asked for.
    Forbidden,
    /// The cookie alone does not tell who asks for a page of an app that Carnet is a part of.
    Waiting,
    /// Nothing lives at the address that was asked for.
    NotFound,
    /// A fault of ours, or too much to do.
    Unavailable,
}

/// Whom a page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Whoever comes.
    Everybody,
    /// Only those who are signed in; others are led to sign in first.
    SignedIn,
    /// Only those who are not; others are led to where they were going.
    SignedOut,
}

impl Page {
    /// The page at a path, where the pages are under `prefix`.
    pub fn at(prefix: &str, path: &str) -> Self {
        match path.strip_prefix(prefix).unwrap_or_default() {
            pages::HOME => Self::Home,
            pages::REGISTER => Self::Register,
            pages::LOGIN => Self::Login,
            pages::PROFILE => Self::Profile,
            pages::SESSIONS => Self::Sessions,
            _ => Self::NotFound,
        }
    }

    /// Where it lives under the prefix of the pages; for those that live nowhere, where to start again.
    pub fn path(self) -> &'static str {
        match self {
            Self::Register => pages::REGISTER,
            Self::Login => pages::LOGIN,
            Self::Profile => pages::PROFILE,
            Self::Sessions => pages::SESSIONS,
            Self::Home | Self::Waiting | Self::Forbidden | Self::NotFound | Self::Unavailable => {
                pages::HOME
            }
        }
    }

    /// Whether it has an address. The others stand in for a page that cannot be shown.
    pub(crate) fn is_routed(self) -> bool {
        match self {
            Self::Home | Self::Register | Self::Login | Self::Profile | Self::Sessions => true,
            Self::Waiting | Self::Forbidden | Self::NotFound | Self::Unavailable => false,
        }
    }

    /// Whether its code may be a file of its own.
    pub(crate) fn is_later(self) -> bool {
        match self {
            Self::Home | Self::Register | Self::Profile | Self::Sessions => true,
            Self::Login | Self::Waiting | Self::Forbidden | Self::NotFound | Self::Unavailable => {
                false
            }
        }
    }

    /// Loads the code of the page, if it is not there yet.
    ///
    /// # Errors
    /// When it does not arrive.
    pub async fn load(self) -> Result<(), NotLoaded> {
        if self.is_later() { load_later_pages().await } else { Ok(()) }
    }

    /// Whom it is for.
    pub fn audience(self) -> Audience {
        match self {
            Self::Home | Self::Waiting | Self::Forbidden | Self::NotFound | Self::Unavailable => {
                Audience::Everybody
            }
            Self::Register | Self::Login => Audience::SignedOut,
            Self::Profile | Self::Sessions => Audience::SignedIn,
        }
    }

    /// The HTTP status that it is sent with.
    pub fn status(self) -> u16 {
        match self {
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Unavailable => 503,
            Self::Home
            | Self::Register
            | Self::Login
            | Self::Profile
            | Self::Sessions
            | Self::Waiting => 200,
        }
    }

    /// What the browser's tab says, before the name of the site; the start says that name alone.
    pub fn title(self) -> Option<Text> {
        Some(match self {
            Self::Home => return None,
            Self::Register => Text::CreateAccount,
            Self::Login => Text::SignIn,
            Self::Profile => Text::Profile,
            Self::Sessions => Text::Devices,
            Self::Waiting => Text::WaitingTitle,
            Self::Forbidden => Text::ForbiddenTitle,
            Self::NotFound => Text::NotFoundTitle,
            Self::Unavailable => Text::UnavailableTitle,
        })
    }

    /// One sentence for search engines and previews.
    pub fn description(self) -> Text {
        match self {
            Self::Home => Text::HomeDescription,
            Self::Register => Text::RegisterDescription,
            Self::Login => Text::LoginDescription,
            Self::Profile => Text::ProfileDescription,
            Self::Sessions => Text::DevicesDescription,
            Self::Waiting => Text::WaitingDescription,
            Self::Forbidden => Text::ForbiddenDescription,
            Self::NotFound => Text::NotFoundDescription,
            Self::Unavailable => Text::UnavailableDescription,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_path_is_not_found() {
        for path in ["", "/nowhere", "/Login", "/login/", "/profile/../login"] {
            assert_eq!(Page::at("", path), Page::NotFound, "{path}");
        }
        for path in ["/login", "/accounts/login", "/account", "/account/account/login"] {
            assert_eq!(Page::at("/account", path), Page::NotFound, "{path}");
        }
        assert_eq!(Page::at("/account", "/account/login"), Page::Login);
    }
}
