use leptos::prelude::*;

use crate::components::HomeLink;

/// Nothing lives at this address.
pub(super) fn not_found() -> impl IntoView {
    view! {
        <h1>"There is nothing here"</h1>
        <p class="lead">"The address may have a typing error in it, or the page has moved."</p>
        <p><HomeLink class="button wide">"Go to the start"</HomeLink></p>
    }
}
