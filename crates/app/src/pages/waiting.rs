use leptos::prelude::*;

use crate::{browser, components};

/// Stands in for a page until the browser has found out who is here; then the server is asked for
/// that page again, with a cookie that tells.
pub(super) fn found_out() -> impl IntoView {
    Effect::new(|_| browser::load_again());
    components::waiting()
}
