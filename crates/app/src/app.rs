#![expect(unreachable_pub, reason = "the component macro makes what it writes public")]

use std::sync::Arc;

use carnet_client::{AuthState, SignOutReason};
use leptos::prelude::*;

use crate::components::{Footer, Header, Notices, OfflineNotice};
use crate::{Audience, Done, PageData, browser, pages};
use carnet_leptos::{Handover, provide_carnet, use_auth};

/// Who is here, without anything that may change while they stay: what hangs on it is rebuilt only
/// when somebody comes or goes, and what was typed survives a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    /// Not known yet.
    Unknown,
    /// Nobody is signed in, and perhaps why.
    Nobody(Option<SignOutReason>),
    /// The user with this id.
    Somebody(String),
}

/// What was just done and is still to be said.
#[derive(Clone, Copy)]
pub(crate) struct JustDone(pub(crate) RwSignal<Option<Done>>);

/// The page that [`PageData`] describes: what is inside the element with the id
/// [`ROOT_ID`](crate::ROOT_ID).
#[component]
pub fn App(
    /// What to show, as the server has put it together.
    page: PageData,
) -> impl IntoView {
    let page = Arc::new(page);
    provide_context(Arc::clone(&page));
    provide_context(JustDone(RwSignal::new(page.done)));
    provide_carnet(Handover { auth: page.auth.clone(), settings: page.settings.client.clone() });
    let state = use_auth().state();
    let who = Memo::new(move |_| {
        state.with(|state| match state {
            AuthState::Unknown => Who::Unknown,
            AuthState::Anonymous(reason) => Who::Nobody(*reason),
            AuthState::SignedIn { user, .. } => Who::Somebody(user.id.clone()),
        })
    });
    provide_context(who);
    Effect::new(|_| browser::forget_what_was_said());
    if page.page.audience() == Audience::SignedOut {
        let target = page.after_sign_in();
        Effect::new(move |_| {
            if matches!(who.get(), Who::Somebody(_)) {
                browser::go_to(&target);
            }
        });
    }
    let is_narrow = pages::is_narrow(page.page);
    view! {
        <Header />
        <main id="main" class:narrow=is_narrow>
            <Notices />
            {pages::content(page.page)}
        </main>
        <Footer />
        <OfflineNotice />
    }
}

/// What the page is made from.
pub(crate) fn use_page() -> Arc<PageData> {
    expect_context()
}

/// Who is here, now and from now on.
pub(crate) fn use_who() -> Memo<Who> {
    expect_context()
}
