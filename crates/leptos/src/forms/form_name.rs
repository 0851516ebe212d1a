use serde::{Deserialize, Serialize};

/// Every form. The hidden field `form` tells two forms on one page apart.
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
    /// Sign out here.
    SignOut,
}

impl FormName {
    /// Every form there is.
    pub const ALL: [Self; 7] = [
        Self::Register,
        Self::Login,
        Self::Name,
        Self::Password,
        Self::EndSession,
        Self::EndOthers,
        Self::SignOut,
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
            Self::SignOut => "sign-out",
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
            Self::SignOut => &["next"],
        }
    }
}
