use carnet_leptos::{Notices, SignedIn, SignedOut, use_auth};
use leptos::prelude::*;

/// The start page.
#[component]
pub(crate) fn Start() -> impl IntoView {
    let user = use_auth().user();
    let username = move || user.get().map(|user| user.username);
    view! {
        <Notices />
        <h1>"Todos"</h1>
        <SignedIn>
            <p>"Hello, " {username} ". Here are " <a href="/todos">"your todos"</a> "."</p>
        </SignedIn>
        <SignedOut>
            <p><a href="/register">"Create an account"</a> " to keep todos here."</p>
        </SignedOut>
    }
}
