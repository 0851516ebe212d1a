use std::sync::Arc;

use carnet_leptos::{AuthState, Handover, return_to, use_auth, use_just_done, use_texts};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::Location;

use crate::app::{Who, use_who};
use crate::{Audience, Page, PageData, ROOT_ID, browser};

/// Where the person is. The first page was made by the server, with its data. The others are made in
/// the browser, and ask for theirs.
#[derive(Clone, Copy)]
pub(crate) struct Navigation {
    first: StoredValue<Arc<PageData>>,
    location: StoredValue<Location>,
    now: Memo<Visit>,
    arrived_as: RwSignal<Option<String>>,
    is_news: RwSignal<bool>,
    go: Callback<(String, NavigateOptions)>,
}

/// A page that was gone to, counted from the first.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Visit {
    number: u32,
    path: String,
}

impl Navigation {
    /// Starts from the page that the server made; below it, [`use_navigation`] finds it.
    pub(crate) fn provide(first: Arc<PageData>) -> Self {
        let location = use_location();
        let path = location.pathname;
        let now = Memo::new(move |last: Option<&Visit>| {
            let path = path.get();
            match last {
                None => Visit { number: 0, path },
                Some(last) if last.path == path => last.clone(),
                Some(last) => Visit { number: last.number + 1, path },
            }
        });
        let navigate = use_navigate();
        let navigation = Self {
            is_news: RwSignal::new(true),
            arrived_as: RwSignal::new(first.user_id().map(str::to_owned)),
            first: StoredValue::new(first),
            location: StoredValue::new(location),
            now,
            go: Callback::new(move |(path, options): (String, _)| navigate(&path, options)),
        };
        provide_context(navigation);
        navigation
    }

    /// The page that is shown; what asks for it follows when it changes.
    pub(crate) fn page(self) -> Page {
        self.now.track();
        self.page_now()
    }

    fn page_now(self) -> Page {
        self.first.with_value(|first| {
            self.now.with_untracked(|now| match now.number {
                0 => first.page,
                _ => Page::at(&first.handover.prefix, &now.path),
            })
        })
    }

    /// Whether what is known of a sign-out was heard of on this page, and not on the one before.
    pub(crate) fn is_news(self) -> RwSignal<bool> {
        self.is_news
    }

    /// Who was signed in when the page was gone to.
    pub(crate) fn arrived_as(self) -> RwSignal<Option<String>> {
        self.arrived_as
    }

    /// Asks for the account again, as the load of a page would. The first page has brought it along.
    pub(crate) fn ask_for_account(self) {
        let is_later = self.now.with_untracked(|now| now.number > 0);
        if is_later && matches!(use_who().get_untracked(), Who::Somebody(_)) {
            // Where it fails, the page shows what is known, and the client says why.
            use_auth().spawn(|client| async move { drop(client.reload_user().await) });
        }
    }

    /// Forgets what the first page said of anybody: somebody else may be signed in next.
    fn leave_first(self) {
        self.first.update_value(|first| {
            let mut left = PageData::clone(first);
            left.handover.auth = AuthState::Unknown;
            left.handover.sessions = None;
            left.handover.form = None;
            *first = Arc::new(left);
        });
    }

    /// What the page that is shown is made from. What only the server can know of it is there for the
    /// first page alone.
    pub(crate) fn data(self) -> Arc<PageData> {
        let first = self.first.get_value();
        if self.now.with_untracked(|now| now.number == 0) {
            return first;
        }
        let next = self
            .location
            .with_value(|location| location.query.with_untracked(|query| query.get("next")));
        Arc::new(PageData {
            page: self.page_now(),
            site_name: first.site_name.clone(),
            logo: first.logo.clone(),
            links: first.links.clone(),
            own_pages: first.own_pages.clone(),
            handover: Handover {
                auth: use_auth().state().get_untracked(),
                sessions: None,
                form: None,
                done: None,
                next: next.filter(|next| return_to(next).is_some()),
                ..first.handover.clone()
            },
        })
    }

    /// Leaves the pages to sign in and to register once somebody is signed in.
    fn lead_on(self, who: &Who) {
        if matches!(who, Who::Somebody(_)) && self.page_now().audience() == Audience::SignedOut {
            self.replace(&self.data().after_sign_in());
        }
    }

    /// Goes to another page in place of this one: without loading it, if it is one of ours.
    fn replace(self, path: &str) {
        let is_ours = self.first.with_value(|first| {
            let path = path.split(['?', '#']).next().unwrap_or_default();
            let page = Page::at(&first.handover.prefix, path);
            page.is_routed() && first.rel(page.path()).is_none()
        });
        if is_ours {
            let options = NavigateOptions { replace: true, resolve: false, ..Default::default() };
            self.go.run((path.to_owned(), options));
        } else {
            browser::load(path);
        }
    }
}

/// After each client-side navigation, does what the load of a page would do: the tab says what the page is,
/// the focus starts at the top, and what was said is over.
pub(crate) fn follow(navigation: Navigation) {
    let who = use_who();
    let done = use_just_done();
    let texts = use_texts();
    Effect::new(move |is_later: Option<bool>| {
        navigation.now.track();
        if is_later.is_some() {
            let page = navigation.data();
            navigation.leave_first();
            navigation.is_news.set(false);
            navigation.arrived_as.set(page.user_id().map(str::to_owned));
            done.set(None);
            document().set_title(&page.title(texts));
            browser::focus_soon(ROOT_ID);
            navigation.lead_on(&who.get_untracked());
        }
        true
    });
    Effect::new(move |is_later: Option<bool>| {
        let who = who.get();
        navigation.is_news.set(true);
        navigation.lead_on(&who);
        let user = match &who {
            Who::Unknown => return is_later.unwrap_or_default(),
            Who::Nobody(_) => "",
            Who::Somebody(user) => user,
        };
        // A page that is loaded has said so already.
        if is_later == Some(true) {
            browser::tell_who(user);
        }
        true
    });
}

/// Where the person is.
pub(crate) fn use_navigation() -> Navigation {
    expect_context()
}
