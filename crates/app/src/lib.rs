//! What people see: the pages. They are made from what `carnet-leptos` offers to any Leptos app.
//!
//! The first page is rendered on the server and hydrated in the browser from one [`PageData`]. From
//! there on the router builds pages in the browser, and each asks for its data when it is gone to, so
//! nothing that a page shows is older than the page. Every link and form also works without script.

mod app;
mod at_once;
mod browser;
mod components;
mod navigation;
mod page;
mod page_data;
mod pages;
#[cfg(feature = "ssr")]
mod shell;

pub use app::{App, AppProps};
/// Part of [`PageData`].
pub use carnet_leptos::{AuthState, Handover, Texts};
pub use page::{Audience, Page};
pub(crate) use page_data::MAIN_ID;
pub use page_data::{PAGE_DATA_ID, PageData, ROOT_ID};
pub use pages::NotLoaded;
#[cfg(feature = "ssr")]
pub use shell::{Addresses, in_one_piece, shell};
