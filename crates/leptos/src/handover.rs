use carnet_client::{AuthState, ClientSettings};
use carnet_shared::SessionView;
use serde::{Deserialize, Serialize};

use crate::{Done, FormOutcome, Texts};

/// What the server knows when it makes a page, for the browser to go on from. It holds no token.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Handover {
    /// Who is signed in, as far as the cookie tells.
    pub auth: AuthState,
    /// How the browser keeps tokens.
    pub settings: ClientSettings,
    /// The path that Carnet's pages are under, such as `/account`; empty for none.
    pub prefix: String,
    /// How many characters a new password needs.
    pub min_password_length: usize,
    /// Whether people may make accounts themselves.
    pub registration_open: bool,
    /// Whether a form that is sent without script is answered at the address of its page. Else it goes to
    /// Carnet's own page.
    #[serde(default)]
    pub forms_here: bool,
    /// What came of a form that was sent without script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<FormOutcome>,
    /// What was just done, to be said once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Done>,
    /// Where to go after signing in; a path of this site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Where the account is signed in; only on a page that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<WrittenSessions>,
    /// The server's clock in Unix seconds, so that "2 hours ago" is the same on both sides.
    #[serde(default)]
    pub now: i64,
    /// The style sheets for [`CarnetStyle`](crate::CarnetStyle).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub style_sheets: Vec<String>,
    /// What people read, in their language. Carnet's own pages load it as a file of its own.
    #[serde(default)]
    pub texts: Texts,
}

/// A list of sessions as JSON, which only the page that shows it reads: others do not need the code for that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WrittenSessions(String);

impl WrittenSessions {
    /// Writes a list.
    pub fn new(sessions: &[SessionView]) -> Self {
        // All of it is strings and numbers: it cannot fail.
        Self(serde_json::to_string(sessions).unwrap_or_default())
    }

    /// The list; `None` if it is none.
    pub(crate) fn read(&self) -> Option<Vec<SessionView>> {
        serde_json::from_str(&self.0).ok()
    }
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
