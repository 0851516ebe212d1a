use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::FormName;
use super::target::action;
use crate::browser::load;
use crate::{Text, use_auth, use_texts};

/// Signs out here. Without script it is a plain form; with it, the other tabs learn at once, and it
/// works offline too. Afterwards it loads `to`, so that nothing of the account is left in memory.
///
/// ```
/// use carnet_leptos::{SignOutButton, SignedIn};
/// use leptos::prelude::*;
///
/// # #[component]
/// # fn Example() -> impl IntoView {
/// view! { <SignedIn><SignOutButton /></SignedIn> }
/// # }
/// ```
#[component]
pub fn SignOutButton(
    /// Where to go afterwards, `/` by default.
    #[prop(default = "/".to_owned(), into)]
    to: String,
) -> impl IntoView {
    let auth = use_auth();
    let texts = use_texts();
    let (label, doing) = (texts.get(Text::SignOut), texts.get(Text::SigningOut));
    let busy = RwSignal::new(false);
    let target = to.clone();
    let sign_out = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let target = target.clone();
        auth.spawn(async move |client| {
            client.logout().await;
            load(&target);
        });
    };
    view! {
        <form class="carnet-sign-out" method="post" action=action(FormName::SignOut) on:submit=sign_out>
            <input type="hidden" name="next" value=to />
            <button type="submit" class="carnet-button carnet-plain" disabled=move || busy.get()>
                {move || if busy.get() { doing } else { label }}
            </button>
        </form>
    }
}
