use leptos::prelude::*;

use crate::form_state::FormState;

/// Sends its form. While that takes its time it says what it is doing and cannot be pressed.
#[component]
pub(crate) fn SubmitButton(
    form: FormState,
    label: &'static str,
    /// What it says meanwhile.
    doing: &'static str,
) -> impl IntoView {
    view! {
        <button type="submit" class="button" disabled=move || form.is_busy()>
            {move || if form.is_busy() { doing } else { label }}
        </button>
    }
}
