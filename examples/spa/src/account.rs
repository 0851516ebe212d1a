use carnet_leptos::use_auth;
use leptos::prelude::*;

use crate::addresses::Addresses;
use crate::words::of_carnet;

/// What Carnet says about the account now: `/api/me`, with the token for Carnet itself.
#[component]
pub(crate) fn Account() -> impl IntoView {
    let auth = use_auth();
    let carnet = expect_context::<Addresses>().carnet;
    let account = LocalResource::new(move || async move { auth.client().reload_user().await });
    let shown = move || match account.get()? {
        Ok(user) => Some(view! { <p>"Your e-mail address is " {user.email} "."</p> }.into_any()),
        Err(error) => Some(view! { <p role="alert">{of_carnet(&error, &carnet)}</p> }.into_any()),
    };
    view! {
        <h2>"Your account"</h2>
        {shown}
    }
}
