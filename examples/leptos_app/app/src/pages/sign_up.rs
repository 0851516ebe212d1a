use carnet_leptos::{Notices, SignUpForm, use_auth};
use leptos::prelude::*;

/// The page to make an account on.
#[component]
pub(crate) fn SignUp() -> impl IntoView {
    let form = if use_auth().registration_open() {
        view! { <SignUpForm to="/todos" /> }.into_any()
    } else {
        view! { <p>"Only an administrator can make an account here."</p> }.into_any()
    };
    view! {
        <Notices />
        <h1>"Create an account"</h1>
        {form}
    }
}
