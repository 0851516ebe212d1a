use carnet_shared::paths::pages;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::app::{Who, use_page, use_who};
use carnet_leptos::use_auth;

/// Where everybody arrives.
pub(super) fn home() -> impl IntoView {
    let who = use_who();
    move || match who.get() {
        Who::Somebody(_) => Either::Left(welcome_back()),
        // Says nothing about anybody, so it will do until it is known who is here.
        Who::Unknown | Who::Nobody(_) => Either::Right(welcome()),
    }
}

fn welcome() -> impl IntoView {
    let registration_open = use_page().settings.registration_open;
    let sign_in_class = if registration_open { "button plain" } else { "button" };
    view! {
        <section class="hero">
            <h1>"Sign in once. "<span class="accent">"Carnet keeps your place."</span></h1>
            <p class="lead">
                "One account for everything here, on every device that you say is yours."
            </p>
            <p class="actions">
                {registration_open.then(|| view! {
                    <A href=pages::REGISTER attr:class="button">"Create account"</A>
                })}
                <A href=pages::LOGIN attr:class=sign_in_class>"Sign in"</A>
            </p>
        </section>
        <ul class="points">
            <li>
                <h2>"You stay signed in"</h2>
                <p>"Close the tab, lose the connection, come back next week: you go on where you were."</p>
            </li>
            <li>
                <h2>"You see every device"</h2>
                <p>"Each place where you are signed in is on one list, and one press signs it out."</p>
            </li>
            <li>
                <h2>"Copies are caught"</h2>
                <p>"If somebody uses an old copy of your sign-in, it is ended at once and you are told."</p>
            </li>
        </ul>
    }
}

fn welcome_back() -> impl IntoView {
    let user = use_auth().user();
    let name =
        move || user.get().map(|user| if user.name.is_empty() { user.username } else { user.name });
    view! {
        <h1>"Hello, "<span translate="no">{name}</span></h1>
        <p class="lead">"You are signed in on this device."</p>
        <ul class="sheet rows">
            <li>
                <A href=pages::PROFILE attr:class="row-link">
                    <strong>"Profile"</strong>
                    <span class="quiet">"Your name, your e-mail address and your password"</span>
                </A>
            </li>
            <li>
                <A href=pages::SESSIONS attr:class="row-link">
                    <strong>"Devices"</strong>
                    <span class="quiet">"Where you are signed in, and how to sign out elsewhere"</span>
                </A>
            </li>
        </ul>
    }
}
