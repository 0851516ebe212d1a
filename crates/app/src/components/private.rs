use carnet_shared::paths::pages;
use leptos::either::EitherOf4;
use leptos::prelude::*;

use crate::app::{Who, use_page, use_who};
use crate::auth::sign_in_path;
use crate::words;

/// The content of a page that is for those who are signed in. It goes away the moment they no
/// longer are, and is made anew when it is somebody else.
pub(crate) fn private<V: IntoView + 'static>(content: fn() -> V) -> impl IntoView {
    let who = use_who();
    // What has the same type as before is only changed where it differs, and what somebody has
    // typed or unfolded would stay for the next. So each has another type than the one before.
    let turn = Memo::new(move |last: Option<&(Who, bool)>| {
        (who.get(), last.is_some_and(|(_, is_odd)| !is_odd))
    });
    move || match turn.get() {
        (Who::Unknown, _) => EitherOf4::A(waiting()),
        (Who::Nobody(reason), _) => {
            let fallback = ("You are signed out", "Sign in again to go on.");
            let (title, text) = reason.and_then(words::signed_out).unwrap_or(fallback);
            EitherOf4::B(signed_out(title, text))
        }
        (Who::Somebody(_), false) => EitherOf4::C(content()),
        (Who::Somebody(_), true) => EitherOf4::D(content()),
    }
}

fn waiting() -> impl IntoView {
    let link = format!("<a href=\"{}\">Sign in</a>", pages::LOGIN);
    view! {
        <div class="narrow">
            <p class="lead waiting" role="status">"One moment…"</p>
            // As text, because a browser with script does not build what is inside.
            <noscript inner_html=link></noscript>
        </div>
    }
}

fn signed_out(title: &'static str, text: &'static str) -> impl IntoView {
    let back = sign_in_path(use_page().page.path());
    view! {
        <div class="narrow sheet pad" role="status">
            <h1>{title}</h1>
            <p class="lead">{text}</p>
            <a class="button wide" href=back>"Sign in"</a>
        </div>
    }
}
