use carnet_shared::paths::pages;
use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::icons::mark;
use super::sign_out_button::SignOutButton;
use crate::Page;
use crate::app::{Who, use_page, use_who};
use carnet_leptos::use_auth;

/// The top of every page: whose it is, where to go, and the way out.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let who = use_who();
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <header class="top">
            <a class="brand" href=pages::HOME translate="no">{mark()}"Carnet"</a>
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
    let page = use_page();
    let registration_open = page.settings.registration_open;
    view! {
        <nav class="links" aria-label="Main">
            {link(pages::LOGIN, "Sign in", page.page == Page::Login)}
            {registration_open.then(|| link(pages::REGISTER, "Create account", page.page == Page::Register))}
        </nav>
    }
}

fn signed_in_links() -> impl IntoView {
    let page = use_page();
    let user = use_auth().user();
    view! {
        <nav class="links" aria-label="Main">
            {link(pages::PROFILE, "Profile", page.page == Page::Profile)}
            {link(pages::SESSIONS, "Devices", page.page == Page::Sessions)}
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

fn link(path: &'static str, label: &'static str, is_here: bool) -> impl IntoView {
    view! { <a href=path aria-current=is_here.then_some("page")>{label}</a> }
}
