use carnet_shared::RegisterRequest;
use carnet_shared::paths::pages;
use leptos::either::Either;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::use_page;
use crate::components::{ErrorSummary, PasswordField, RememberBox, SubmitButton, TextField};
use crate::form_state::FormState;
use crate::{FormName, PageData, words};
use carnet_leptos::use_auth;

/// Make an account.
pub(super) fn register() -> impl IntoView {
    let page = use_page();
    let login = page.with_next(pages::LOGIN);
    let body = if page.settings.registration_open {
        Either::Left(form(&page))
    } else {
        Either::Right(closed())
    };
    view! {
        <h1>"Create account"</h1>
        <p class="lead">"Already have one? "<a href=login>"Sign in"</a></p>
        {body}
    }
}

fn form(page: &PageData) -> impl IntoView + use<> {
    let auth = use_auth();
    let form = FormState::new(FormName::Register, page);
    let policy = page.settings.passwords;
    let create = move |event: SubmitEvent| {
        let Some(submitted) = form.begin(&event) else { return };
        let request = match RegisterRequest::parse(submitted.fields, policy) {
            Ok(request) => request,
            Err(errors) => return form.fail(errors),
        };
        spawn_local(async move {
            // Once somebody is signed in the app leaves this page, still busy until it is gone.
            if let Err(error) = auth.client().register(request).await {
                form.fail(error);
            }
        });
    };
    view! {
        <ErrorSummary form />
        <form class="sheet pad stack" method="post" action=auth.page(pages::REGISTER) novalidate=true on:submit=create>
            <input type="hidden" name="next" value=page.next.clone() />
            <TextField
                form
                name="email"
                label="E-mail"
                kind="email"
                autocomplete="email"
                value=page.typed(FormName::Register, "email")
            />
            <TextField
                form
                name="username"
                label="Username"
                hint="3 to 32 letters, digits, dots, dashes and underscores"
                autocomplete="username"
                value=page.typed(FormName::Register, "username")
            />
            <PasswordField
                form
                name="password"
                label="Password"
                hint=words::password_rule(policy.min_length)
                autocomplete="new-password"
            />
            <RememberBox checked=page.remember(FormName::Register) />
            <SubmitButton form label="Create account" doing="Creating your account…" />
        </form>
    }
}

fn closed() -> impl IntoView {
    view! {
        <div class="sheet pad">
            <p>"New accounts are made by the people who run this site. Ask them for one."</p>
        </div>
    }
}
