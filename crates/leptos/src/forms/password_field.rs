use leptos::prelude::*;

use super::FormState;
use crate::{Text, use_texts};

/// A labelled password that can be shown, pasted into and filled in by a password manager.
#[component]
pub(super) fn PasswordField(
    form: FormState,
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    autocomplete: &'static str,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let texts = use_texts();
    let [show, hide, show_label, hide_label] =
        [Text::Show, Text::Hide, Text::ShowPassword, Text::HidePassword].map(|it| texts.get(it));
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described_by = format!("{hint_id} {error_id}");
    view! {
        <div class="carnet-field">
            <label for=name>{label}</label>
            <p class="carnet-hint" id=hint_id>{(!hint.is_empty()).then_some(hint)}</p>
            <div class="carnet-password">
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
                    class="carnet-reveal"
                    aria-controls=name
                    aria-label=move || if shown.get() { hide_label } else { show_label }
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || if shown.get() { hide } else { show }}
                </button>
            </div>
            <p class="carnet-error" id=error_id>{move || form.error(name)}</p>
        </div>
    }
}
