use carnet_leptos::{SignedIn, SignedOut, UserButton};
use leptos::prelude::*;

/// Stands above every page.
#[component]
pub(crate) fn Header() -> impl IntoView {
    view! {
        <header>
            <nav aria-label="Pages">
                <a href="/">"Start"</a>
                <a href="/todos">"Todos"</a>
            </nav>
            <SignedIn>
                <UserButton account="/account" />
            </SignedIn>
            <SignedOut>
                <a href="/login">"Sign in"</a>
            </SignedOut>
        </header>
    }
}
