use leptos::prelude::*;

use super::FormState;

/// A labelled line of text. Its rule is said before anything is typed and what is wrong with it
/// right below it; the input itself keeps what was typed, also before the page was hydrated.
#[component]
pub(super) fn TextField(
    form: FormState,
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(default = "text")] kind: &'static str,
    autocomplete: &'static str,
    value: String,
    #[prop(default = true)] required: bool,
    /// Whether it is an identifier, which no keyboard may correct or capitalise.
    #[prop(default = true)]
    verbatim: bool,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described_by = format!("{hint_id} {error_id}");
    view! {
        <div class="carnet-field">
            <label for=name>{label}</label>
            <p class="carnet-hint" id=hint_id>{(!hint.is_empty()).then_some(hint)}</p>
            <input
                id=name
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                required=required
                autocapitalize=verbatim.then_some("none")
                spellcheck=verbatim.then_some("false")
                aria-invalid=move || form.is_refused(name).then_some("true")
                aria-describedby=described_by
            />
            <p class="carnet-error" id=error_id>{move || form.error(name)}</p>
        </div>
    }
}
