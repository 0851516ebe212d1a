/// Somebody who is signed in and has paid for one change to their account. Whatever changes an
/// account for its owner takes one, so that no way to do it is without a limit.
#[derive(Debug)]
pub(crate) struct Writer {
    user_id: String,
    session_id: String,
}

impl Writer {
    pub(super) fn new(user_id: &str, session_id: &str) -> Self {
        Self { user_id: user_id.to_owned(), session_id: session_id.to_owned() }
    }

    /// Whose account it is.
    pub(crate) fn user_id(&self) -> &str {
        &self.user_id
    }
    /// In which session they are signed in.
    pub(crate) fn session_id(&self) -> &str {
        &self.session_id
    }
}
