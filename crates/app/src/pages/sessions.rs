use carnet_leptos::{Devices, Text, use_texts};
use leptos::prelude::*;

/// Where the account is signed in.
pub(super) fn sessions() -> impl IntoView {
    let texts = use_texts();
    view! {
        <h1>{texts.get(Text::DevicesTitle)}</h1>
        <p class="lead">{texts.get(Text::DevicesLead)}</p>
        <Devices />
    }
}
