use leptos::prelude::*;

use crate::form_state::FormState;

/// A labelled password that can be shown, pasted into and filled in by a password manager.
#[component]
pub(crate) fn PasswordField(
    form: FormState,
    name: &'static str,
    label: &'static str,
    #[prop(optional)] hint: String,
    autocomplete: &'static str,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described_by = format!("{hint_id} {error_id}");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <p class="hint" id=hint_id>{(!hint.is_empty()).then_some(hint)}</p>
            <div class="password">
                <input
                    id=name
                    name=name
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete
                    required=true
                    autocapitalize="none"
                    spellcheck="false"
                    aria-invalid=move || form.is_refused(name).then_some("true")
                    aria-describedby=described_by
                    on:input=move |event| form.count(&event)
                />
                <button
                    type="button"
                    class="reveal"
                    aria-controls=name
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || if shown.get() { "Hide" } else { "Show" }}
                    <span class="unseen">" password"</span>
                </button>
            </div>
            <p class="error" id=error_id>{move || form.error(name)}</p>
        </div>
    }
}
