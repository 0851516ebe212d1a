use carnet_client::AuthState;
use carnet_client::edges::HttpRequest;

/// A server, as the network sees it: each request is answered at one moment.
pub trait Backend {
    /// Answers a request that came with these cookies.
    fn answer(&self, request: &HttpRequest, cookies: &Cookies) -> Reply;

    /// What a page comes with, and what it changes of the cookies.
    fn page(&self, cookies: &Cookies) -> (AuthState, CookieChange);
}

/// What a browser keeps for a server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cookies {
    /// The one with the refresh token, which no script can see.
    pub session: Option<String>,
    /// The mark of a sign-out that the server did not hear of, by name and value.
    pub mark: Option<(String, String)>,
}

impl Cookies {
    /// Does what an answer says.
    pub fn apply(&mut self, change: CookieChange) {
        if let Some(session) = change.session {
            self.session = session;
        }
        if change.clears_mark {
            self.mark = None;
        }
    }
}

/// What an answer changes of the cookies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CookieChange {
    /// Sets the session's cookie; `Some(None)` deletes it.
    pub session: Option<Option<String>>,
    /// Deletes the mark.
    pub clears_mark: bool,
}

/// What goes back.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: String,
    /// The header `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// What `Set-Cookie` says.
    pub cookies: CookieChange,
}

impl Reply {
    /// An answer that leaves the cookies as they are.
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, body: body.into(), retry_after: None, cookies: CookieChange::default() }
    }
}
