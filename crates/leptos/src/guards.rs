use carnet_client::AuthState;
use leptos::prelude::*;

use crate::{rebuild_for, sign_in_path, use_auth};

/// How a guard decides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Waiting,
    Welcome,
    NotAllowed,
    SignInFirst,
}

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
    guard(None, children, waiting, ViewFn::default())
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
    guard(Some(role), children, waiting, otherwise)
}

fn guard(
    role: Option<String>,
    children: ChildrenFn,
    waiting: ViewFn,
    otherwise: ViewFn,
) -> AnyView {
    let state = use_auth().state();
    let verdict = Memo::new(move |_| {
        state.with(|state| {
            (decide(state, role.as_deref()), state.user().map(|user| user.id.clone()))
        })
    });
    Effect::new(move |_| {
        if verdict.get().0 == Verdict::SignInFirst {
            lead_to_sign_in();
        }
    });
    let view = move |(verdict, _)| match verdict {
        Verdict::Welcome => children().into_any(),
        Verdict::NotAllowed => otherwise.run(),
        Verdict::Waiting | Verdict::SignInFirst => waiting.run(),
    };
    rebuild_for(verdict, view).into_any()
}

fn decide(state: &AuthState, role: Option<&str>) -> Verdict {
    match (state, role) {
        (AuthState::Unknown, _) => Verdict::Waiting,
        (AuthState::Anonymous(_), _) => Verdict::SignInFirst,
        (AuthState::SignedIn { user, .. }, Some(role)) if !user.has_role(role) => {
            Verdict::NotAllowed
        }
        (AuthState::SignedIn { .. }, _) => Verdict::Welcome,
    }
}

/// Effects run in the browser only, and so does this.
fn lead_to_sign_in() {
    let location = window().location();
    let here = [location.pathname(), location.search()].map(Result::unwrap_or_default).concat();
    // It fails only for addresses that are none.
    let _ = location.assign(&sign_in_path(&here));
}

#[cfg(test)]
mod tests {
    use carnet_shared::User;

    use super::*;

    fn signed_in(roles: &[&str]) -> AuthState {
        let user = User {
            id: "u".to_owned(),
            email: "ada@example.org".to_owned(),
            username: "ada".to_owned(),
            name: String::new(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            created_at: 0,
            attributes: serde_json::Map::new(),
        };
        AuthState::SignedIn { user, session_id: "s".to_owned() }
    }

    #[test]
    fn unknown_is_not_signed_out() {
        assert!(decide(&AuthState::Unknown, None) == Verdict::Waiting);
        assert!(decide(&AuthState::Unknown, Some("admin")) == Verdict::Waiting);
        assert!(decide(&AuthState::Anonymous(None), None) == Verdict::SignInFirst);
    }

    #[test]
    fn only_the_very_role_opens_a_role_guard() {
        assert!(decide(&signed_in(&["admin"]), Some("admin")) == Verdict::Welcome);
        assert!(decide(&signed_in(&[]), None) == Verdict::Welcome);
        for roles in [&[][..], &["administrator"], &["Admin"], &["user", "auditor"]] {
            assert!(decide(&signed_in(roles), Some("admin")) == Verdict::NotAllowed);
        }
    }
}
