use carnet_shared::paths::pages;
use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::home_link::HomeLink;
use super::icons::mark;
use super::sign_out_button::SignOutButton;
use crate::app::{Who, use_page, use_who};
use carnet_leptos::use_auth;
use leptos_router::components::A;

/// The top of every page: whose it is, where to go, and the way out.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let who = use_who();
    view! {
        // Links within the page are the browser's: it also moves the focus.
        <a class="skip" href="#main" rel="external">"Skip to content"</a>
        <header class="top">
            <HomeLink class="brand">{mark()}"Carnet"</HomeLink>
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
    let registration_open = use_page().settings.registration_open;
    view! {
        <nav class="links" aria-label="Main">
            <A href=pages::LOGIN>"Sign in"</A>
            {registration_open.then(|| view! { <A href=pages::REGISTER>"Create account"</A> })}
        </nav>
    }
}

fn signed_in_links() -> impl IntoView {
    let user = use_auth().user();
    view! {
        <nav class="links" aria-label="Main">
            <A href=pages::PROFILE>"Profile"</A>
            <A href=pages::SESSIONS>"Devices"</A>
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
