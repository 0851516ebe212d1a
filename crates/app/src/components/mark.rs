use leptos::either::Either;
use leptos::prelude::*;

use crate::app::use_page;

/// The site's logo; without one Carnet's mark, a small notebook with a ribbon that keeps the place.
pub(super) fn mark() -> impl IntoView {
    match use_page().logo.clone() {
        // The name of the site stands beside it.
        Some(logo) => Either::Left(view! { <img class="mark" src=logo alt="" /> }),
        None => Either::Right(view! {
            <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
                <path class="mark-cover" d="M8 3h15a3 3 0 0 1 3 3v20a3 3 0 0 1-3 3H8a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2Z" />
                <path class="mark-spine" d="M10.500 3v26" />
                <path class="mark-ribbon" d="M17 3h5v13l-2.500-2.500L17 16Z" />
            </svg>
        }),
    }
}
