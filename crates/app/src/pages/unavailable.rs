use leptos::prelude::*;

/// A fault of ours, or too much to do: nothing was lost, and nobody was signed out.
pub(super) fn unavailable() -> impl IntoView {
    view! {
        <h1>"Something went wrong"</h1>
        <p class="lead">
            "It is on our side, and you are not signed out by it. Load the page again in a moment."
        </p>
    }
}
