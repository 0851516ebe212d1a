use leptos::prelude::*;

use super::FormState;

/// An element that is made in the browser is focused by hand, and browsers complain of a second
/// one that wants the focus.
const SERVER: bool = cfg!(feature = "ssr");

/// Says over a form why it was not accepted, with a link to each field that needs another look.
/// It takes the focus: here by `autofocus`, after a try in the browser through the form's state.
#[component]
pub(crate) fn ErrorSummary(form: FormState) -> impl IntoView {
    move || {
        form.trouble().map(|trouble| {
            let links: Vec<_> = trouble
                .errors
                .iter()
                .map(|error| {
                    let target = format!("#{}", error.field);
                    view! { <li><a href=target rel="external">{form.words(error)}</a></li> }
                })
                .collect();
            view! {
                <div class="carnet-notice carnet-bad" id=form.summary_id() role="alert" tabindex="-1" autofocus=SERVER>
                    <p class="carnet-notice-title">{form.summary(&trouble)}</p>
                    <ul>{links}</ul>
                </div>
            }
        })
    }
}
