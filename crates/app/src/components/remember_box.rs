use leptos::prelude::*;

use crate::form_state::FormState;
use crate::page_data::PageData;

/// Whether to stay signed in when the browser is closed: yes, unless the form came back without.
#[component]
pub(crate) fn RememberBox<'page>(form: FormState, page: &'page PageData) -> impl IntoView {
    let came_back = page.form.as_ref().is_some_and(|outcome| outcome.form == form.name);
    let checked = !came_back || !page.typed(form.name, "remember").is_empty();
    view! {
        <label class="check">
            <input type="checkbox" name="remember" checked=checked />
            <span>"Keep me signed in on this device"</span>
        </label>
    }
    .into_any()
}
