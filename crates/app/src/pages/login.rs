use carnet_leptos::{SignInForm, Text, use_auth, use_texts};
use carnet_shared::paths::pages;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::Page;
use crate::app::use_page;

/// Sign in.
pub(super) fn login() -> impl IntoView {
    let texts = use_texts();
    let page = use_page();
    let (register, rel) = (page.with_next(pages::REGISTER), page.rel(pages::REGISTER));
    let new_here = use_auth().registration_open().then(|| {
        let (before, after) = texts.around_gap(Text::NewHere);
        let link = texts.get(Text::CreateAnAccount);
        view! { <p class="lead">{before}<a href=register rel=rel>{link}</a>{after}</p> }
    });
    // What comes next is fetched while the password is checked; what fails is tried again then.
    let fetch_next = |_| spawn_local(async { drop(Page::Profile.load().await) });
    view! {
        <h1>{texts.get(Text::SignIn)}</h1>
        {new_here}
        <div class="sheet pad" on:submit=fetch_next>
            // Once somebody is signed in the site leaves this page.
            <SignInForm on_signed_in=|()| () />
        </div>
    }
}
