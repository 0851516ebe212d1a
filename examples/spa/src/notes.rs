use carnet_leptos::use_auth;
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

use crate::addresses::Addresses;
use crate::api::{Api, ApiError};

/// The caller's notes, which the API keeps.
#[component]
pub(crate) fn Notes() -> impl IntoView {
    let auth = use_auth();
    let api = StoredValue::new(expect_context::<Addresses>().api);
    let notes = RwSignal::new(Vec::<String>::new());
    let error = RwSignal::new(None::<ApiError>);
    let show = move |answer: Result<Vec<String>, ApiError>| match answer {
        Ok(all) => {
            error.set(None);
            notes.set(all);
        }
        Err(why) => error.set(Some(why)),
    };
    auth.spawn(async move |client| show(Api::new(client, api.get_value()).notes().await));

    let text = NodeRef::<Input>::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(input) = text.get_untracked() else { return };
        let note = input.value();
        input.set_value("");
        auth.spawn(async move |client| show(Api::new(client, api.get_value()).add(&note).await));
    };
    view! {
        <h2>"Your notes"</h2>
        {move || error.get().map(|error| view! { <p role="alert">{error.to_string()}</p> })}
        <ul>
            <For each=move || notes.get().into_iter().enumerate() key=Clone::clone let:note>
                <li>{note.1}</li>
            </For>
        </ul>
        <form on:submit=submit>
            <label for="note">"New note"</label>
            <input id="note" required node_ref=text />
            <button>"Keep"</button>
        </form>
    }
}
