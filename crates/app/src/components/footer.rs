use carnet_leptos::{Text, use_texts};
use leptos::prelude::*;

use crate::app::use_page;

/// The end of every page.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    let page = use_page();
    // They are no pages of Carnet's, so the router must not take them.
    let links: Vec<_> = page
        .links
        .chunks_exact(2)
        .map(|link| view! { <a href=link[1].clone() rel="external">{link[0].clone()}</a> })
        .collect();
    view! {
        <footer class="bottom">
            <p>{use_texts().get(Text::Footer)}</p>
            <p class="site-links">{links}</p>
        </footer>
    }
}
