use carnet_leptos::{Notices, SignInForm};
use leptos::prelude::*;

/// The page to sign in on.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    view! {
        <Notices />
        <h1>"Sign in"</h1>
        <SignInForm to="/todos" footer=|| view! { <a href="/register">"Create an account"</a> } />
    }
}
