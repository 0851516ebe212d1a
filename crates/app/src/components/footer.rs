use leptos::prelude::*;

/// The end of every page.
#[component]
pub(crate) fn Footer() -> impl IntoView {
    view! {
        <footer class="bottom">
            <p>"Carnet keeps your place."</p>
        </footer>
    }
}
