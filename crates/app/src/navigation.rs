use std::sync::Arc;

use carnet_leptos::{return_to, use_auth};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::Location;

use crate::app::JustDone;
use crate::{MAIN_ID, Page, PageData, browser};

/// Where the person is. The first page was made by the server, with its data. The others are made in
/// the browser, and ask for theirs.
#[derive(Clone, Copy)]
pub(crate) struct Navigation {
    first: StoredValue<Arc<PageData>>,
    location: StoredValue<Location>,
    now: Memo<Visit>,
    arrived_as: RwSignal<Option<String>>,
    page: Memo<Page>,
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
        // From here on it counts.
        browser::seconds_since_start();
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
        let (first_page, prefix) = (first.page, first.settings.prefix.clone());
        let page = Memo::new(move |_| {
            now.with(|now| match now.number {
                0 => first_page,
                _ => Page::at(&prefix, &now.path),
            })
        });
        let navigation = Self {
            arrived_as: RwSignal::new(first.user_id().map(str::to_owned)),
            first: StoredValue::new(first),
            location: StoredValue::new(location),
            now,
            page,
            go: Callback::new(move |(path, options): (String, _)| navigate(&path, options)),
        };
        provide_context(navigation);
        navigation
    }

    /// The page that is shown, now and from now on.
    pub(crate) fn page(self) -> Memo<Page> {
        self.page
    }

    /// Who was signed in when the page was gone to.
    pub(crate) fn arrived_as(self) -> RwSignal<Option<String>> {
        self.arrived_as
    }

    /// What the server knew when it made the first page.
    pub(crate) fn first(self) -> Arc<PageData> {
        self.first.get_value()
    }

    /// What the page that is shown is made from. What only the server can know of it is there for the
    /// first page alone.
    pub(crate) fn data(self) -> Arc<PageData> {
        let first = self.first();
        if self.now.with_untracked(|now| now.number == 0) {
            return first;
        }
        let next = self
            .location
            .with_value(|location| location.query.with_untracked(|query| query.get("next")));
        Arc::new(PageData {
            page: self.page.get_untracked(),
            auth: use_auth().state().get_untracked(),
            settings: first.settings.clone(),
            sessions: None,
            form: None,
            done: None,
            next: next.filter(|next| return_to(next).is_some()),
            now: first.now + browser::seconds_since_start(),
        })
    }

    /// Goes to another page in place of this one: without loading it, if it is one of ours.
    pub(crate) fn replace(self, path: &str) {
        let is_ours = self.first.with_value(|first| {
            let path = path.split(['?', '#']).next().unwrap_or_default();
            match Page::at(&first.settings.prefix, path) {
                Page::Home => first.settings.has_home,
                other => other.is_routed(),
            }
        });
        if is_ours {
            let options = NavigateOptions { replace: true, resolve: false, ..Default::default() };
            self.go.run((path.to_owned(), options));
        } else {
            browser::load(path);
        }
    }
}

/// Does for each page that is gone to what a browser does for one that it loads: the tab says what it
/// is, the focus starts at the top, what was said is over, and the account is asked for again.
pub(crate) fn follow(navigation: Navigation) {
    let auth = use_auth();
    let JustDone(done) = expect_context();
    Effect::new(move |is_later: Option<bool>| {
        navigation.now.track();
        if is_later.is_some() {
            let page = navigation.data();
            done.set(None);
            document().set_title(&page.title());
            browser::focus_soon(MAIN_ID);
            navigation.arrived_as.set(page.user_id().map(str::to_owned));
            if page.user_id().is_some() {
                // Where it fails, the page shows what is known, and the client says why.
                auth.spawn(|client| async move { drop(client.reload_user().await) });
            }
        }
        true
    });
}

/// Where the person is.
pub(crate) fn use_navigation() -> Navigation {
    expect_context()
}
