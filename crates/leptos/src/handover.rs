use carnet_client::{AuthState, ClientSettings};
use serde::{Deserialize, Serialize};

/// What the server knows when it makes a page, for the browser to go on from. It holds no token.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Handover {
    /// Who is signed in, as far as the cookie tells.
    pub auth: AuthState,
    /// How the browser keeps tokens.
    pub settings: ClientSettings,
    /// The path that Carnet's pages are under, such as `/account`; empty for none.
    pub prefix: String,
}

/// The `id` of the element that carries it.
pub(crate) const ELEMENT_ID: &str = "carnet-handover";

impl Handover {
    /// As JSON that is safe inside a script element: without `<` nothing can end the element or begin
    /// a comment.
    pub(crate) fn to_script(&self) -> String {
        // All of it is strings, numbers and maps with string keys: it cannot fail.
        serde_json::to_string(self).unwrap_or_default().replace('<', "\\u003c")
    }
}

#[cfg(test)]
mod tests {
    use carnet_shared::User;

    use super::*;

    #[test]
    fn a_name_cannot_end_the_element_that_carries_it() {
        let user = User {
            id: "u".to_owned(),
            email: "ada@example.org".to_owned(),
            username: "ada".to_owned(),
            name: "</script><!--<script>".to_owned(),
            roles: Vec::new(),
            created_at: 0,
            attributes: serde_json::Map::new(),
        };
        let auth = AuthState::SignedIn { user, session_id: "s".to_owned() };
        let handover = Handover { auth, ..Handover::default() };
        let script = handover.to_script();
        assert!(!script.contains('<'), "{script}");
        assert_eq!(serde_json::from_str::<Handover>(&script).unwrap(), handover);
    }
}
