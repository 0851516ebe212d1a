use carnet_leptos::{Text, use_auth, use_texts};
use carnet_shared::paths::pages;
use leptos::prelude::*;

use crate::app::use_page;
use crate::navigation::use_navigation;

/// A page that only says something: what happened, and where to go from there. They share one view, so its
/// code is there once.
fn message(title: Text, text: Said, button: Option<(Text, String)>) -> impl IntoView {
    let texts = use_texts();
    let button = button.map(|(label, path)| {
        view! { <p><a class="carnet-button wide" rel="external" href=path>{texts.get(label)}</a></p> }
    });
    view! {
        <h1>{texts.get(title)}</h1>
        <p class="lead">{move || text()}</p>
        {button}
    }
}

/// What a page says; it may change while the page is there.
type Said = Box<dyn Fn() -> String + Send>;

fn said(text: Text) -> Said {
    let text = use_texts().get(text);
    Box::new(move || text.to_owned())
}

fn to_start() -> Option<(Text, String)> {
    Some((Text::GoToStart, pages::HOME.to_owned()))
}

/// Nothing lives at this address.
pub(super) fn not_found() -> impl IntoView {
    message(Text::NotFoundHeading, said(Text::NotFoundText), to_start())
}

/// The account may not see what was asked for.
pub(super) fn forbidden() -> impl IntoView {
    let user = use_auth().user();
    let texts = use_texts();
    let text = Box::new(move || match user.get() {
        Some(user) => texts.fill(Text::ForbiddenAs, &[("username", &user.username)]),
        None => texts.get(Text::Forbidden).to_owned(),
    });
    message(Text::ForbiddenTitle, text, to_start())
}

/// A fault of ours, or too much to do: nothing was lost, and nobody was signed out.
pub(super) fn unavailable() -> impl IntoView {
    message(Text::UnavailableTitle, said(Text::UnavailableText), None)
}

/// The code of a page did not arrive. The next try asks for the page as a document.
pub(super) fn not_loaded() -> impl IntoView {
    let path = use_navigation().data().asked_for();
    message(Text::NotLoadedTitle, said(Text::NotLoadedText), Some((Text::NotLoadedButton, path)))
}

/// Somebody who was signed in no longer is.
pub(crate) fn not_signed_in(title: Text, text: Text) -> impl IntoView {
    let back = use_auth().sign_in_path(&use_page().asked_for());
    view! {
        <div class="narrow sheet pad" role="status">
            {message(title, said(text), Some((Text::SignIn, back)))}
        </div>
    }
}
