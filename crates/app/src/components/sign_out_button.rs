use carnet_shared::paths::pages;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser;
use carnet_leptos::use_auth;

/// Signs out here. Without script it is a plain form; with it, the other tabs learn at once, and it
/// works offline too.
#[component]
pub(crate) fn SignOutButton() -> impl IntoView {
    let auth = use_auth();
    let busy = RwSignal::new(false);
    let sign_out = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            auth.client().logout().await;
            browser::load(pages::HOME);
        });
    };
    view! {
        <form method="post" action=auth.page(pages::LOGOUT) on:submit=sign_out>
            <button type="submit" class="button plain" disabled=move || busy.get()>
                {move || if busy.get() { "Signing out…" } else { "Sign out" }}
            </button>
        </form>
    }
}
