use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::{BrowserUrl, Location};

use crate::requirement::{Requirement, Verdict};
use crate::{rebuild_for, use_auth};

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
    let view = move |(verdict, _)| match verdict {
        Verdict::Welcome => children.run(),
        Verdict::NotAllowed => otherwise.run(),
        Verdict::Waiting | Verdict::SignInFirst => waiting.run(),
    };
    rebuild_for(verdict, view).into_any()
}

/// Goes to the page to sign in on, and notes where to come back to. Nothing is loaded for it where the
/// app's own router has that page.
fn lead_to_sign_in() -> impl Fn() + 'static {
    let auth = use_auth();
    // Only in a browser, and only inside of a router.
    let asked_for = use_context::<BrowserUrl>().map(|_| use_location());
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
                let replace = asked_for == shown;
                let options = NavigateOptions { replace, resolve: false, ..Default::default() };
                navigate(&path, options);
            }
            // It fails only for addresses that are none.
            None => drop(location.assign(&path)),
        }
    }
}

fn path_and_query(location: &Location) -> String {
    let path = location.pathname.get_untracked();
    match location.search.get_untracked() {
        search if search.is_empty() => path,
        search => [&path, "?", &search].concat(),
    }
}
