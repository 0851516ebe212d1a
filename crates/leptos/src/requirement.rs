use carnet_client::AuthState;

/// Who may see a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// Everybody who is signed in.
    User,
    /// Accounts that have this role.
    Role(String),
}

/// How a guard decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is not known yet who is there.
    Waiting,
    /// They may see it.
    Welcome,
    /// They are signed in, but lack the role.
    NotAllowed,
    /// Nobody is signed in.
    SignInFirst,
}

impl Requirement {
    /// Compares the visitor with the requirement.
    pub fn verdict(&self, auth: &AuthState) -> Verdict {
        match (auth, self) {
            (AuthState::Unknown, _) => Verdict::Waiting,
            (AuthState::Anonymous(_), _) => Verdict::SignInFirst,
            (AuthState::SignedIn { user, .. }, Self::Role(role)) if !user.has_role(role) => {
                Verdict::NotAllowed
            }
            (AuthState::SignedIn { .. }, _) => Verdict::Welcome,
        }
    }

    /// The path segment that marks a guarded route in the list. No real path contains U+0001.
    pub(crate) fn to_mark(&self) -> String {
        match self {
            Self::User => MARK.to_owned(),
            Self::Role(role) => [MARK, role].concat(),
        }
    }

    /// Takes the mark off the path of a route in the list.
    #[cfg(feature = "ssr")]
    pub(crate) fn from_listed(path: &str) -> Option<(&str, Self)> {
        let (path, role) = path.split_once(MARK)?;
        let path = path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or("/");
        let requirement = if role.is_empty() { Self::User } else { Self::Role(role.to_owned()) };
        Some((path, requirement))
    }
}

const MARK: &str = "\u{1}";

/// Present in the context while `listed_paths` reads the routes.
#[derive(Clone)]
pub(crate) struct ListGuards;

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
        let admin = Requirement::Role("admin".to_owned());
        assert_eq!(Requirement::User.verdict(&AuthState::Unknown), Verdict::Waiting);
        assert_eq!(admin.verdict(&AuthState::Unknown), Verdict::Waiting);
        assert_eq!(Requirement::User.verdict(&AuthState::Anonymous(None)), Verdict::SignInFirst);
    }

    #[test]
    fn only_the_very_role_opens_a_role_guard() {
        let admin = Requirement::Role("admin".to_owned());
        assert_eq!(admin.verdict(&signed_in(&["admin"])), Verdict::Welcome);
        assert_eq!(Requirement::User.verdict(&signed_in(&[])), Verdict::Welcome);
        for roles in [&[][..], &["administrator"], &["Admin"], &["user", "auditor"]] {
            assert_eq!(admin.verdict(&signed_in(roles)), Verdict::NotAllowed);
        }
    }
}
