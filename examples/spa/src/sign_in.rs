use carnet_leptos::use_auth;
use carnet_shared::{LoginRequest, Secret};
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

use crate::addresses::Addresses;
use crate::words::of_sign_in;

#[component]
pub(crate) fn SignInForm() -> impl IntoView {
    let auth = use_auth();
    let carnet = expect_context::<Addresses>().carnet;
    let login = NodeRef::<Input>::new();
    let password = NodeRef::<Input>::new();
    let error = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let request = LoginRequest {
            login: text(login),
            password: Secret::new(text(password)),
            remember: None,
            // The client fills in that of its settings.
            delivery: None,
            // The token is for Carnet itself; the API's token is fetched when it is needed.
            resource: None,
        };
        let carnet = carnet.clone();
        is_busy.set(true);
        auth.spawn(async move |client| {
            // Once somebody is signed in, this form is gone.
            if let Err(refused) = client.login(request).await {
                error.set(Some(of_sign_in(&refused, &carnet)));
                is_busy.set(false);
            }
        });
    };
    view! {
        <h2>"Sign in"</h2>
        {move || error.get().map(|error| view! { <p role="alert">{error}</p> })}
        <form on:submit=submit>
            <label for="login">"Username or e-mail"</label>
            <input id="login" autocomplete="username" required node_ref=login />
            <label for="password">"Password"</label>
            <input
                id="password"
                type="password"
                autocomplete="current-password"
                required
                node_ref=password
            />
            <button disabled=is_busy>"Sign in"</button>
        </form>
    }
}

fn text(input: NodeRef<Input>) -> String {
    input.get_untracked().map(|input| input.value()).unwrap_or_default()
}
