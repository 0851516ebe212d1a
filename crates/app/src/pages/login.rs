use carnet_shared::LoginRequest;
use carnet_shared::paths::pages;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::use_page;
use crate::components::{ErrorSummary, PasswordField, RememberBox, SubmitButton, TextField};
use crate::form_state::FormState;
use crate::{FormName, Page};
use carnet_leptos::use_auth;

/// Sign in.
pub(super) fn login() -> impl IntoView {
    let page = use_page();
    let auth = use_auth();
    let form = FormState::new(FormName::Login, &page);
    let sign_in = move |event: SubmitEvent| {
        let Some(submitted) = form.begin(&event) else { return };
        let request = match LoginRequest::parse(submitted.fields) {
            Ok(request) => request,
            Err(errors) => return form.fail(errors),
        };
        // What comes next is fetched while the password is checked; what fails is tried again then.
        spawn_local(async { drop(Page::Profile.load().await) });
        spawn_local(async move {
            // Once somebody is signed in the app leaves this page, still busy until it is gone.
            if let Err(error) = auth.client().login(request).await {
                form.fail(error);
            }
        });
    };
    let register = page.with_next(pages::REGISTER);
    let new_here = page.settings.registration_open.then(|| {
        view! { <p class="lead">"New here? "<a href=register>"Create an account"</a></p> }
    });
    view! {
        <h1>"Sign in"</h1>
        {new_here}
        <ErrorSummary form />
        <form class="sheet pad stack" method="post" action=auth.page(pages::LOGIN) novalidate=true on:submit=sign_in>
            <input type="hidden" name="next" value=page.next.clone() />
            <TextField
                form
                name="login"
                label="Username or e-mail"
                autocomplete="username"
                value=page.typed(FormName::Login, "login")
            />
            <PasswordField form name="password" label="Password" autocomplete="current-password" />
            <RememberBox checked=page.remember(FormName::Login) />
            <SubmitButton form label="Sign in" doing="Signing in…" />
        </form>
    }
}
