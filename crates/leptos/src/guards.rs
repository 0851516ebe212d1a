use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use leptos_router::location::Location;

use crate::browser::router_location;
use crate::requirement::{Requirement, Verdict};
use crate::{Text, rebuild_for, use_auth, use_texts};

/// Shows its children to whoever is signed in, and leads everybody else to sign in and back.
/// While it is not known who is there, it shows `waiting`, or nothing.
///
/// A guard in the browser is a courtesy: what nobody else may see has to be refused by the server
/// that has it.
///
/// ```
/// use carnet_leptos::RequireUser;
/// use leptos::prelude::*;
///
/// # #[component]
/// # fn Invoices() -> impl IntoView {}
/// # #[component]
/// # fn Example() -> impl IntoView {
/// view! { <RequireUser waiting=|| "One moment…"><Invoices /></RequireUser> }
/// # }
/// ```
#[component]
pub fn RequireUser(
    /// What only they see.
    children: ChildrenFn,
    /// What is shown until it is known who is there.
    #[prop(optional, into)]
    waiting: ViewFn,
) -> impl IntoView {
    guard(Requirement::User, ViewFn::from(move || children()), waiting, ViewFn::default())
}

/// Shows its children to whoever has the role, `otherwise` to those who are signed in without it,
/// and leads everybody else to sign in and back. See [`RequireUser`].
///
/// ```
/// use carnet_leptos::RequireRole;
/// use leptos::prelude::*;
///
/// # #[component]
/// # fn Ledger() -> impl IntoView {}
/// # #[component]
/// # fn Example() -> impl IntoView {
/// view! {
///     <RequireRole role="bookkeeper" otherwise=|| "This is for bookkeepers."><Ledger /></RequireRole>
/// }
/// # }
/// ```
#[component]
pub fn RequireRole(
    /// One of the account's roles.
    #[prop(into)]
    role: String,
    /// What only they see.
    children: ChildrenFn,
    /// What others see who are signed in.
    #[prop(optional, into)]
    otherwise: ViewFn,
    /// What is shown until it is known who is there.
    #[prop(optional, into)]
    waiting: ViewFn,
) -> impl IntoView {
    guard(Requirement::Role(role), ViewFn::from(move || children()), waiting, otherwise)
}

pub(crate) fn guard(
    requirement: Requirement,
    children: ViewFn,
    waiting: ViewFn,
    otherwise: ViewFn,
) -> AnyView {
    let state = use_auth().state();
    let verdict = Memo::new(move |_| {
        state.with(|state| (requirement.verdict(state), state.user().map(|user| user.id.clone())))
    });
    let lead_to_sign_in = lead_to_sign_in();
    Effect::new(move |_| {
        if verdict.get().0 == Verdict::SignInFirst {
            lead_to_sign_in();
        }
    });
    let without_script = way_in_without_script();
    let view = move |(verdict, _)| match verdict {
        Verdict::Welcome => children.run(),
        Verdict::NotAllowed => otherwise.run(),
        Verdict::Waiting => {
            let link = without_script.clone();
            (waiting.run(), view! { <noscript inner_html=link></noscript> }).into_any()
        }
        Verdict::SignInFirst => waiting.run(),
    };
    rebuild_for(verdict, view).into_any()
}

/// A link to sign in, where no script finds out who is there. Its path holds nothing that HTML would take for
/// markup; a text may.
fn way_in_without_script() -> String {
    let path = use_auth().sign_in_path("");
    let text = use_texts().get(Text::SignIn).replace('&', "&amp;").replace('<', "&lt;");
    format!("<a href=\"{path}\">{text}</a>")
}

/// Goes to the page to sign in on, and notes where to come back to. Nothing is loaded for it where the
/// app's own router has that page.
fn lead_to_sign_in() -> impl Fn() + 'static {
    let auth = use_auth();
    let asked_for = router_location();
    let navigate = (asked_for.is_some() && auth.has_own_sign_in()).then(use_navigate);
    move || {
        let location = window().location();
        let shown =
            [location.pathname(), location.search()].map(Result::unwrap_or_default).concat();
        // After a click on a link the router knows where it leads before the address bar does.
        let asked_for = asked_for.as_ref().map_or_else(|| shown.clone(), path_and_query);
        let path = auth.sign_in_path(&asked_for);
        match &navigate {
            Some(navigate) => {
                auth.came_from().note(&asked_for, navigate.clone());
                let replace = asked_for == shown;
                let options = NavigateOptions { replace, resolve: false, ..Default::default() };
                navigate(&path, options);
            }
            // It fails only for addresses that are none.
            None => drop(location.assign(&path)),
        }
    }
}

/// The page of the app's own router that a guard has led away from, to sign in. On the server it is nothing: what
/// stays on one thread must not be dropped on another, where the rendering of a page may end.
#[derive(Clone, Copy)]
pub(crate) struct CameFrom {
    #[cfg(target_arch = "wasm32")]
    page: StoredValue<Option<(String, Navigate)>, LocalStorage>,
}

#[cfg(target_arch = "wasm32")]
type Navigate = std::rc::Rc<dyn Fn(&str, NavigateOptions)>;

impl CameFrom {
    pub(crate) fn nowhere() -> Self {
        Self {
            #[cfg(target_arch = "wasm32")]
            page: StoredValue::new_local(None),
        }
    }

    #[cfg(target_arch = "wasm32")]
    fn note(self, path: &str, navigate: impl Fn(&str, NavigateOptions) + 'static) {
        let navigate: Navigate = std::rc::Rc::new(navigate);
        self.page.set_value(Some((path.to_owned(), navigate)));
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn note(self, _path: &str, _navigate: impl Fn(&str, NavigateOptions) + 'static) {}

    /// Goes back to it without loading a document, if that is where `path` leads.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn go_back(self, path: &str) -> bool {
        let Some(Some((from, navigate))) = self.page.try_update_value(Option::take) else {
            return false;
        };
        if from != path {
            return false;
        }
        let options = NavigateOptions { replace: true, resolve: false, ..Default::default() };
        navigate(path, options);
        true
    }

    /// Goes nowhere.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn go_back(self, _path: &str) -> bool {
        false
    }
}

fn path_and_query(location: &Location) -> String {
    let path = location.pathname.get_untracked();
    match location.search.get_untracked() {
        search if search.is_empty() => path,
        search => [&path, "?", &search].concat(),
    }
}
