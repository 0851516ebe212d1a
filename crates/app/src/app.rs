#![expect(unreachable_pub, reason = "the component macro makes what it writes public")]

use std::sync::Arc;

use carnet_leptos::{AuthState, Handover, SignOutReason, Texts, provide_carnet, use_auth};
use leptos::prelude::*;
use leptos_router::components::Router;

use crate::components::{Footer, Header, Notices, OfflineNotice};
use crate::navigation::{self, Navigation, use_navigation};
use crate::pages::{Pages, is_narrow};
use crate::{MAIN_ID, PageData, browser};

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

/// The site, beginning with the page that [`PageData`] describes: what is inside the element with the
/// id [`ROOT_ID`](crate::ROOT_ID).
#[component]
pub fn App(
    /// What to show first, as the server has put it together.
    page: PageData,
    /// What people read, in the language of the page.
    texts: Texts,
) -> impl IntoView {
    provide_carnet(Handover { texts, ..page.handover.clone() });
    let prefix = page.handover.prefix.clone();
    let state = use_auth().state();
    let who = Memo::new(move |_| {
        state.with(|state| match state {
            AuthState::Unknown => Who::Unknown,
            AuthState::Anonymous(reason) => Who::Nobody(*reason),
            AuthState::SignedIn { user, .. } => Who::Somebody(user.id.clone()),
        })
    });
    provide_context(who);
    view! {
        <Router base=prefix>
            <Site page=Arc::new(page) />
        </Router>
    }
}

/// What is the same on every page, around what differs.
#[component]
fn Site(page: Arc<PageData>) -> impl IntoView {
    let navigation = Navigation::provide(page);
    Effect::new(|_| browser::forget_what_was_said());
    navigation::follow(navigation);
    view! {
        <Header />
        <main id=MAIN_ID class:narrow=move || is_narrow(navigation.page())>
            <Notices />
            <Pages />
        </main>
        <Footer />
        <OfflineNotice />
    }
}

/// What the page that is being built is made from.
pub(crate) fn use_page() -> Arc<PageData> {
    use_navigation().data()
}

/// Who is here, now and from now on.
pub(crate) fn use_who() -> Memo<Who> {
    expect_context()
}
