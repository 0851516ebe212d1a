use carnet_shared::paths::pages;
use leptos::prelude::*;

use crate::app::use_page;

/// A link to the start. Where that belongs to the app around Carnet, the router must not take it.
#[component]
pub(crate) fn HomeLink(class: &'static str, children: Children) -> impl IntoView {
    let is_external = !use_page().settings.has_home;
    view! {
        <a class=class href=pages::HOME rel=is_external.then_some("external")>
            {children()}
        </a>
    }
}
