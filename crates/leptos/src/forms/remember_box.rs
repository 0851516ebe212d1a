use leptos::prelude::*;

use crate::{Text, use_texts};

/// Whether to stay signed in when the browser is closed.
#[component]
pub(super) fn RememberBox(checked: bool) -> impl IntoView {
    view! {
        <label class="carnet-check">
            <input type="checkbox" name="remember" checked=checked />
            <span>{use_texts().get(Text::RememberLabel)}</span>
        </label>
    }
}
