use carnet_leptos::{SignOutButton, Text, use_auth, use_texts};
use carnet_shared::paths::pages;
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos_router::components::A;

use super::mark::mark;
use crate::app::{Who, use_page, use_who};

/// The top of every page: whose it is, where to go, and the way out.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let who = use_who();
    let page = use_page();
    view! {
        // Links within the page are the browser's: it also moves the focus.
        <a class="skip" href="#main" rel="external">{use_texts().get(Text::SkipToContent)}</a>
        <header class="top">
            // Where the start belongs to the app around Carnet, the router must not take the link.
            <a class="brand" href=pages::HOME rel=page.rel(pages::HOME)>
                {mark()}
                <span translate="no">{page.site_name.clone()}</span>
            </a>
            {move || match who.get() {
                // Nothing is known yet, so nothing is said; the bar keeps its height.
                Who::Unknown => EitherOf3::A(()),
                Who::Nobody(_) => EitherOf3::B(signed_out_links()),
                Who::Somebody(_) => EitherOf3::C(signed_in_links()),
            }}
        </header>
    }
}

fn signed_out_links() -> impl IntoView {
    let texts = use_texts();
    let registration_open = use_auth().registration_open();
    view! {
        <nav class="links" aria-label=texts.get(Text::MainNavigation)>
            {nav_link(pages::LOGIN, Text::SignIn)}
            {registration_open.then(|| nav_link(pages::REGISTER, Text::CreateAccount))}
        </nav>
    }
}

fn nav_link(path: &'static str, label: Text) -> impl IntoView {
    let label = use_texts().get(label);
    let rel = use_page().rel(path);
    view! { <A href=path attr:rel=rel>{label}</A> }
}

fn signed_in_links() -> impl IntoView {
    let user = use_auth().user();
    let texts = use_texts();
    view! {
        <nav class="links" aria-label=texts.get(Text::MainNavigation)>
            {nav_link(pages::PROFILE, Text::Profile)}
            {nav_link(pages::SESSIONS, Text::Devices)}
        </nav>
        <div class="account">
            // The page's watch reads here whom the page shows.
            <span class="who" translate="no" data-user=move || user.get().map(|user| user.id)>
                {move || user.get().map(|user| user.username)}
            </span>
            <SignOutButton />
        </div>
    }
}
