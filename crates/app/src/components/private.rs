use carnet_shared::paths::pages;
use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::app::{Who, use_page, use_who};
use crate::words;
use carnet_leptos::{rebuild_for, use_auth};

/// The content of a page that is for those who are signed in. It goes away the moment they no
/// longer are, and is made anew when it is somebody else.
pub(crate) fn private<V: IntoView + 'static>(content: fn() -> V) -> impl IntoView {
    rebuild_for(use_who(), move |who| match who {
        Who::Unknown => EitherOf3::A(waiting()),
        Who::Nobody(reason) => {
            let fallback = ("You are signed out", "Sign in again to go on.");
            let (title, text) = reason.and_then(words::signed_out).unwrap_or(fallback);
            EitherOf3::B(signed_out(title, text))
        }
        Who::Somebody(_) => EitherOf3::C(content()),
    })
}

/// What is shown until it is known who is here.
pub(crate) fn waiting() -> impl IntoView {
    let path = use_page().with_next(pages::LOGIN);
    let link = ["<a href=\"", &path, "\">Sign in</a>"].concat();
    view! {
        <div class="narrow">
            <p class="lead waiting" role="status">"One moment…"</p>
            // As text, because a browser with script does not build what is inside.
            <noscript inner_html=link></noscript>
        </div>
    }
}

fn signed_out(title: &'static str, text: &'static str) -> impl IntoView {
    let back = use_auth().sign_in_path(&use_page().asked_for());
    view! {
        <div class="narrow sheet pad" role="status">
            <h1>{title}</h1>
            <p class="lead">{text}</p>
            <a class="button wide" href=back>"Sign in"</a>
        </div>
    }
}
