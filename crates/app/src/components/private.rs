use carnet_leptos::{Text, rebuild_for, signed_out, use_texts};
use carnet_shared::paths::pages;
use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::app::{Who, use_page, use_who};
use crate::pages::not_signed_in;

/// The content of a page that is for those who are signed in. It goes away the moment they no
/// longer are, and is made anew when it is somebody else.
pub(crate) fn private<V: IntoView + 'static>(content: fn() -> V) -> impl IntoView {
    rebuild_for(use_who(), move |who| match who {
        Who::Unknown => EitherOf3::A(waiting()),
        Who::Nobody(reason) => {
            let fallback = (Text::SignedOutTitle, Text::SignedOutText);
            let (title, text) = reason.and_then(signed_out).unwrap_or(fallback);
            EitherOf3::B(not_signed_in(title, text))
        }
        Who::Somebody(_) => EitherOf3::C(content()),
    })
}

/// What is shown until it is known who is here.
pub(crate) fn waiting() -> impl IntoView {
    let texts = use_texts();
    let path = use_page().with_next(pages::LOGIN);
    let link = ["<a href=\"", &path, "\">", &escaped(texts.get(Text::SignIn)), "</a>"].concat();
    view! {
        <div class="narrow">
            <p class="lead carnet-waiting" role="status">{texts.get(Text::OneMoment)}</p>
            // As text, because a browser with script does not build what is inside.
            <noscript inner_html=link></noscript>
        </div>
    }
}

/// A text of a language file, as HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
