use carnet_shared::{PasswordPolicy, SessionView};
use leptos::prelude::*;
use leptos_router::location::Location;

use crate::browser::{router_location, seconds_since_start};
use crate::{FormName, FormOutcome, Handover, WrittenSessions, return_to};

/// What the server knew when it made the page that the browser has loaded.
#[derive(Clone, Copy)]
pub(crate) struct LoadedPage(StoredValue<Known>);

struct Known {
    /// Its path and query; only in a browser.
    address: String,
    min_password_length: usize,
    forms_here: bool,
    form: Option<FormOutcome>,
    sessions: Option<WrittenSessions>,
    next: Option<String>,
    now: i64,
    style_sheets: Vec<String>,
}

impl LoadedPage {
    pub(crate) fn new(handover: &Handover) -> Self {
        // From here on it counts.
        seconds_since_start();
        let address = if cfg!(target_arch = "wasm32") {
            let location = window().location();
            let (path, query) = (location.pathname(), location.search());
            address_of(&path.unwrap_or_default(), &query.unwrap_or_default())
        } else {
            String::new()
        };
        Self(StoredValue::new(Known {
            address,
            min_password_length: handover.min_password_length,
            forms_here: handover.forms_here,
            form: handover.form.clone(),
            sessions: handover.sessions.clone(),
            next: handover.next.clone(),
            now: handover.now,
            style_sheets: handover.style_sheets.clone(),
        }))
    }

    /// What a new password must be like.
    pub(crate) fn passwords(self) -> PasswordPolicy {
        let min_length = self.0.with_value(|known| known.min_password_length);
        PasswordPolicy { min_length }
    }

    /// Whether the page that shows a form also takes it; else Carnet's own page does.
    pub(crate) fn forms_here(self) -> bool {
        self.0.with_value(|known| known.forms_here)
    }

    pub(crate) fn style_sheets(self) -> Vec<String> {
        self.0.with_value(|known| known.style_sheets.clone())
    }

    /// What came of one of these forms when it was sent without script. In a browser that is said once.
    pub(crate) fn outcome_of(self, names: &[FormName]) -> Option<FormOutcome> {
        let is_meant = |outcome: &FormOutcome| names.contains(&outcome.form);
        if cfg!(target_arch = "wasm32") {
            self.0
                .try_update_value(|known| known.form.take_if(|outcome| is_meant(outcome)))
                .flatten()
        } else {
            self.0.with_value(|known| known.form.clone().filter(is_meant))
        }
    }

    /// Where the account is signed in, if the page came with it. In a browser it is given once: later it
    /// would be old.
    pub(crate) fn sessions(self) -> Option<Vec<SessionView>> {
        let written = if cfg!(target_arch = "wasm32") {
            self.0.try_update_value(|known| known.sessions.take()).flatten()
        } else {
            self.0.with_value(|known| known.sessions.clone())
        };
        written?.read()
    }

    /// Where the address wants people to go after signing in: a path of this site.
    pub(crate) fn next(self) -> Option<String> {
        let came_with_page = || self.0.with_value(|known| known.next.clone());
        let next = match router_location() {
            // After a click on a link the router knows where it leads before the address bar does.
            Some(location) if !self.is_at(&location) => {
                location.query.with_untracked(|query| query.get("next"))
            }
            _ => came_with_page(),
        };
        next.filter(|next| return_to(next).is_some())
    }

    fn is_at(self, location: &Location) -> bool {
        let (path, query) = (location.pathname.get_untracked(), location.search.get_untracked());
        self.0.with_value(|known| known.address == address_of(&path, &query))
    }

    /// The server's clock in Unix seconds, as far as the browser can tell.
    pub(crate) fn now(self) -> i64 {
        self.0.with_value(|known| known.now) + seconds_since_start()
    }

    /// Forgets what it said of one person: the next one must not see it.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn forget_person(self) {
        self.0.update_value(|known| {
            known.form = None;
            known.sessions = None;
        });
    }
}

/// A path and its query, which browsers write with its question mark and the router without.
fn address_of(path: &str, query: &str) -> String {
    [path, "?", query.trim_start_matches('?')].concat()
}

/// Whether this form was sent without script and came back, so that an app that folds it away can open it.
/// Ask before the form is built.
///
/// # Panics
/// Outside of [`CarnetProvider`](crate::CarnetProvider).
#[track_caller]
pub fn form_came_back(form: FormName) -> bool {
    use_page().0.with_value(|known| known.form.as_ref().is_some_and(|it| it.form == form))
}

/// The page that the browser has loaded.
#[track_caller]
pub(crate) fn use_page() -> LoadedPage {
    use_context().expect(
        "a component of carnet-leptos stands outside of <CarnetProvider>: put <CarnetProvider> around the app's root",
    )
}
