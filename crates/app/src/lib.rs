//! What people see: the pages. They are made from what `carnet-leptos` offers to any Leptos app.
//!
//! Every page is rendered on the server and hydrated in the browser from one [`PageData`]; going
//! to another page is an ordinary navigation. So there is no router in the bundle, nothing that
//! a page shows is ever older than the page, and everything works in its plain form without
//! script.

mod app;
mod browser;
mod components;
mod dates;
#[cfg(feature = "ssr")]
mod document;
mod form_state;
mod page;
mod page_data;
mod pages;
mod submitted;
mod trouble;
mod words;

pub use app::{App, AppProps};
/// Part of [`PageData`].
pub use carnet_client::{AuthState, ClientSettings, StorageKind};
#[cfg(feature = "ssr")]
pub use document::{Addresses, document};
pub use page::{Audience, Page};
pub use page_data::{Done, FormOutcome, PAGE_DATA_ID, PageData, ROOT_ID, SiteSettings};
pub use submitted::{FormName, Submitted};
pub use trouble::Trouble;
