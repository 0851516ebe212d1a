use carnet_client::AuthState;
use leptos::prelude::*;

use crate::{rebuild_for, use_auth};

/// Shows its children while somebody is signed in.
///
/// ```
/// use carnet_leptos::SignedIn;
/// use leptos::prelude::*;
///
/// # #[component]
/// # fn Example() -> impl IntoView {
/// view! { <SignedIn><a href="/profile">"Profile"</a></SignedIn> }
/// # }
/// ```
#[component]
pub fn SignedIn(
    /// What only they see.
    children: ChildrenFn,
) -> impl IntoView {
    let user = use_auth().user();
    let who = Memo::new(move |_| user.with(|user| user.as_ref().map(|user| user.id.clone())));
    rebuild_for(who, move |who| who.map(|_| children())).into_any()
}

/// Shows its children while nobody is signed in. While that is not known yet, it shows nothing.
///
/// ```
/// use carnet_leptos::SignedOut;
/// use leptos::prelude::*;
///
/// # #[component]
/// # fn Example() -> impl IntoView {
/// view! { <SignedOut><a href="/login">"Sign in"</a></SignedOut> }
/// # }
/// ```
#[component]
pub fn SignedOut(
    /// What only they see.
    children: ChildrenFn,
) -> impl IntoView {
    let state = use_auth().state();
    let is_shown = Memo::new(move |_| state.with(|state| matches!(state, AuthState::Anonymous(_))));
    (move || is_shown.get().then(|| children())).into_any()
}
