use carnet_shared::User;
use serde::{Deserialize, Serialize};

use crate::SignOutReason;
use crate::stored::Tokens;

/// What tabs say to each other.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Message {
    /// Does anybody have a token that is still good?
    Ask,
    /// Here is one: the answer to `Ask`, and announced after every refresh and sign-in.
    Have {
        /// The sign-out epoch that it belongs to.
        epoch: u64,
        /// The tokens.
        tokens: Box<Tokens>,
    },
    /// Somebody signed out, or the server said that the session is over.
    SignedOut {
        /// The sign-out epoch that begins.
        epoch: u64,
        /// The session that is over, if it is known.
        session: Option<String>,
        /// Why; `Here` means that all tabs follow, whatever session they are in.
        reason: Option<SignOutReason>,
    },
    /// The account was changed.
    Changed {
        /// The session that it was changed in.
        session: String,
        /// The account as it is now.
        user: Box<User>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `page_watch.js` of the pages goes by it where the WASM cannot run.
    #[test]
    fn a_sign_out_begins_as_the_pages_watch_expects() {
        let message = Message::SignedOut { epoch: 1, session: None, reason: None };
        let text = serde_json::to_string(&message).unwrap();
        assert!(text.starts_with(r#"{"SignedOut""#), "{text}");
    }
}
