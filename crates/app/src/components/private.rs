use carnet_shared::paths::pages;
use leptos::prelude::*;

use crate::app::{Who, use_page, use_who};
use crate::auth::sign_in_path;
use crate::words;

/// The content of a page that is for those who are signed in. It goes away the moment they no
/// longer are, and is made anew when it is somebody else.
pub(crate) fn private(content: fn() -> AnyView) -> AnyView {
    let who = use_who();
    let view = move || match who.get() {
        Who::Unknown => waiting(),
        Who::Nobody(reason) => {
            let fallback = ("You are signed out", "Sign in again to go on.");
            let (title, text) = reason.and_then(words::signed_out).unwrap_or(fallback);
            signed_out(title, text)
        }
        Who::Somebody(_) => content(),
    };
    view.into_any()
}

fn waiting() -> AnyView {
    let link = format!("<a href=\"{}\">Sign in</a>", pages::LOGIN);
    view! {
        <div class="narrow">
            <p class="lead waiting" role="status">"One moment…"</p>
            // As text, because a browser with script does not build what is inside.
            <noscript inner_html=link></noscript>
        </div>
    }
    .into_any()
}

fn signed_out(title: &'static str, text: &'static str) -> AnyView {
    let back = sign_in_path(use_page().page.path());
    view! {
        <div class="narrow sheet pad" role="status">
            <h1>{title}</h1>
            <p class="lead">{text}</p>
            <a class="button wide" href=back>"Sign in"</a>
        </div>
    }
    .into_any()
}
