use carnet_leptos::{
    AuthState, ClientSettings, Handover, SignedIn, SignedOut, provide_carnet, use_auth,
};
use carnet_shared::Delivery;
use leptos::prelude::*;

use crate::account::Account;
use crate::addresses::Addresses;
use crate::notes::Notes;
use crate::sign_in::SignInForm;

#[component]
pub(crate) fn App() -> impl IntoView {
    let addresses = Addresses::of_this_page();
    // No cookie of Carnet's goes along from another origin: the refresh token travels in the body.
    let settings = ClientSettings {
        delivery: Delivery::Body,
        base_url: addresses.carnet.clone(),
        ..ClientSettings::default()
    };
    provide_context(addresses);
    // No server has rendered this page, so nothing is known yet.
    provide_carnet(Handover { settings, ..Handover::default() });
    view! {
        <Header />
        <main>
            <Waiting />
            <SignedOut>
                <SignInForm />
            </SignedOut>
            <SignedIn>
                <Account />
                <Notes />
            </SignedIn>
        </main>
    }
}

#[component]
fn Header() -> impl IntoView {
    let auth = use_auth();
    let name = move || auth.user().get().map(|user| user.username);
    let sign_out = move |_| auth.spawn(|client| async move { client.logout().await });
    view! {
        <header>
            <h1>"Notes"</h1>
            <SignedIn>
                <span>"Signed in as " {name}</span>
                <button type="button" on:click=sign_out>
                    "Sign out"
                </button>
            </SignedIn>
        </header>
    }
}

/// Shown until it is known whether somebody is signed in.
#[component]
fn Waiting() -> impl IntoView {
    let state = use_auth().state();
    move || {
        state
            .with(|state| *state == AuthState::Unknown)
            .then(|| view! { <p role="status">"Asking Carnet who is signed in…"</p> })
    }
}
