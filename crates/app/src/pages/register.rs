use carnet_leptos::{SignUpForm, Text, use_auth, use_texts};
use carnet_shared::paths::pages;
use leptos::either::Either;
use leptos::prelude::*;

use crate::app::use_page;

/// Make an account.
pub(super) fn register() -> impl IntoView {
    let texts = use_texts();
    let page = use_page();
    let (login, rel) = (page.with_next(pages::LOGIN), page.rel(pages::LOGIN));
    let (before, after) = texts.around_gap(Text::HaveAccount);
    let body = if use_auth().registration_open() {
        // Once somebody is signed in the site leaves this page.
        Either::Left(view! { <SignUpForm on_signed_in=|()| () /> })
    } else {
        Either::Right(view! { <p>{texts.get(Text::RegistrationByOperators)}</p> })
    };
    view! {
        <h1>{texts.get(Text::CreateAccount)}</h1>
        <p class="lead">{before}<a href=login rel=rel>{texts.get(Text::SignIn)}</a>{after}</p>
        <div class="sheet pad">{body}</div>
    }
}
