use leptos::prelude::*;

use crate::components::HomeLink;
use carnet_leptos::use_auth;

/// The account may not see what was asked for.
pub(super) fn forbidden() -> impl IntoView {
    let user = use_auth().user();
    let account = move || match user.get() {
        Some(user) => format!("You are signed in as {}, and that account", user.username),
        None => "Your account".to_owned(),
    };
    view! {
        <h1>"Not for this account"</h1>
        <p class="lead">
            {account}" may not see this page. Ask the people who run this site if you think it should."
        </p>
        <p><HomeLink class="button wide">"Go to the start"</HomeLink></p>
    }
}
