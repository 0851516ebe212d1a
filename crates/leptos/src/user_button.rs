use carnet_shared::paths::pages;
use leptos::either::Either;
use leptos::prelude::*;

use crate::{SignOutButton, Text, use_auth, use_texts};

/// Who is signed in, and what they can do: their profile, their devices, and to sign out. It unfolds; for
/// those who are not signed in it shows nothing.
///
/// ```
/// use carnet_leptos::{SignedOut, UserButton};
/// use leptos::prelude::*;
///
/// # #[component]
/// # fn Example() -> impl IntoView {
/// view! { <header><UserButton /><SignedOut><a href="/login">"Sign in"</a></SignedOut></header> }
/// # }
/// ```
#[component]
pub fn UserButton(
    /// The app's own page about the account, such as `/account`. By default the button leads to Carnet's
    /// pages for the profile and the devices.
    #[prop(optional, into)]
    account: Option<String>,
    /// Further entries, before the one to sign out.
    #[prop(optional, into)]
    extra: ViewFn,
    /// Where to go after signing out, `/` by default.
    #[prop(default = "/".to_owned(), into)]
    after_sign_out: String,
) -> impl IntoView {
    let auth = use_auth();
    let texts = use_texts();
    let username = Memo::new(move |_| auth.user().get().map(|user| user.username));
    let pages = move || match account.clone() {
        Some(path) => Either::Left(view! { <a href=path>{texts.get(Text::Profile)}</a> }),
        None => Either::Right(view! {
            // They are Carnet's, so the app's router must not take the links.
            <a href=auth.page(pages::PROFILE) rel="external">{texts.get(Text::Profile)}</a>
            <a href=auth.page(pages::SESSIONS) rel="external">{texts.get(Text::Devices)}</a>
        }),
    };
    move || {
        username.get().map(|username| {
            view! {
                <details class="carnet-user">
                    <summary translate="no">{username}</summary>
                    <div class="carnet-user-menu">
                        {pages()}
                        {extra.run()}
                        <SignOutButton to=after_sign_out.clone() />
                    </div>
                </details>
            }
        })
    }
}
