use leptos::prelude::*;

use crate::page::use_page;

/// The style sheet of [`CarnetStyle`], for the server that serves it.
#[cfg(feature = "ssr")]
pub const STYLE_SHEET: &str = include_str!("../style/forms.css");

/// The look of Carnet's forms, in the colours of the settings. It is for an app that does not style their
/// classes itself. Each colour and length is a custom property that the app's own style sheet may set, such
/// as `--carnet-accent`.
///
/// ```
/// use carnet_leptos::{CarnetProvider, CarnetStyle};
/// use leptos::prelude::*;
///
/// # #[component]
/// # fn Pages() -> impl IntoView {}
/// #[component]
/// fn App() -> impl IntoView {
///     view! { <CarnetProvider><CarnetStyle /><Pages /></CarnetProvider> }
/// }
/// ```
#[component]
pub fn CarnetStyle() -> impl IntoView {
    let sheets = use_page().style_sheets();
    sheets
        .into_iter()
        .map(|address| view! { <link rel="stylesheet" href=address /> })
        .collect::<Vec<_>>()
}
