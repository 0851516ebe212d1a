use leptos::prelude::*;

/// What is shown where there is nothing.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <h1>"There is nothing here"</h1>
        <p><a href="/">"Go to the start"</a></p>
    }
}
