use carnet_shared::paths::pages;
use leptos::prelude::*;

/// Nothing lives at this address.
pub(super) fn not_found() -> impl IntoView {
    view! {
        <h1>"There is nothing here"</h1>
        <p class="lead">"The address may have a typing error in it, or the page has moved."</p>
        <p><a class="button wide" href=pages::HOME>"Go to the start"</a></p>
    }
}
