use carnet_shared::Delivery;
use serde::{Deserialize, Serialize};

/// Where a browser keeps the access token between two pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StorageKind {
    /// In `sessionStorage`: each tab for itself, gone with the tab.
    #[default]
    Session,
    /// In `localStorage`: for all tabs, until somebody signs out.
    Local,
    /// Nowhere but in the memory of the page.
    Memory,
}

/// What a deployment has decided for its browsers. The server writes it into every page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientSettings {
    /// Where the access token is kept. With [`Delivery::Body`] the refresh token has to be kept by
    /// script as well: both then lie in `localStorage`, unless this says `memory`.
    pub storage: StorageKind,
    /// How the refresh token travels. [`Delivery::Cookie`] keeps it out of the reach of scripts.
    pub delivery: Delivery,
    /// The name of the cookie with the refresh token; signing out leaves a mark beside it.
    pub cookie_name: String,
    /// What stands before every path: empty for the origin of the page, else such as
    /// `https://accounts.example.org`. The access token is sent nowhere else.
    pub base_url: String,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            storage: StorageKind::Session,
            delivery: Delivery::Cookie,
            cookie_name: "__Host-carnet".to_owned(),
            base_url: String::new(),
        }
    }
}

impl ClientSettings {
    /// Where tokens really go: `sessionStorage` would leave each tab with a refresh token that the
    /// next rotation in another tab makes stale.
    pub fn token_storage(&self) -> StorageKind {
        match (self.delivery, self.storage) {
            (Delivery::Body, StorageKind::Session) => StorageKind::Local,
            (_, storage) => storage,
        }
    }
}
