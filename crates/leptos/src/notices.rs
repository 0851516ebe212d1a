use leptos::prelude::*;

use crate::browser::focus_soon;
use crate::{AuthState, Done, signed_out, use_auth, use_just_done, use_texts};

/// The `id` of the element that says what was just done.
const DONE_ID: &str = "carnet-done";

/// Says what happened: what was just done with one of Carnet's forms, and why somebody is no longer signed
/// in. Put it at the top of each page.
///
/// ```
/// use carnet_leptos::Notices;
/// use leptos::prelude::*;
///
/// # #[component]
/// # fn Example() -> impl IntoView {
/// view! { <main><Notices /><h1>"Your todos"</h1></main> }
/// # }
/// ```
#[component]
pub fn Notices() -> impl IntoView {
    let texts = use_texts();
    let state = use_auth().state();
    let reason = move || {
        state.with(|state| match state {
            AuthState::Anonymous(Some(reason)) => signed_out(*reason),
            AuthState::Anonymous(None) | AuthState::Unknown | AuthState::SignedIn { .. } => None,
        })
    };
    view! {
        <div class="carnet-notices" role="status">
            {move || reason().map(|(title, text)| view! {
                <div class="carnet-notice">
                    <p class="carnet-notice-title">{texts.get(title)}</p>
                    <p>{texts.get(text)}</p>
                </div>
            })}
            <DoneNotice />
        </div>
    }
}

/// Says what was just done with one of Carnet's forms; a part of [`Notices`] for an app that says the rest
/// in its own way.
#[component]
pub fn DoneNotice() -> impl IntoView {
    let texts = use_texts();
    let done = use_just_done();
    // It is said on one page.
    on_cleanup(move || {
        let _ = done.try_set(None);
    });
    move || {
        done.get().map(|done| {
            view! {
                <p class="carnet-notice carnet-good" id=DONE_ID tabindex="-1">{texts.get(done.text())}</p>
            }
        })
    }
}

/// Says that something was done, and puts the focus there.
pub(crate) fn say(done: RwSignal<Option<Done>>, what: Done) {
    done.set(Some(what));
    focus_soon(DONE_ID);
}
