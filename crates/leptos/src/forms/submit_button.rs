use leptos::prelude::*;

use super::FormState;

/// Sends its form. While that takes its time it says what it is doing and cannot be pressed.
#[component]
pub(super) fn SubmitButton(
    form: FormState,
    #[prop(into)] label: String,
    /// What it says meanwhile.
    #[prop(into)]
    doing: String,
) -> impl IntoView {
    view! {
        <button type="submit" class="carnet-button" disabled=move || form.is_busy()>
            {move || if form.is_busy() { doing.clone() } else { label.clone() }}
        </button>
    }
}
