use super::kinds::{
    AccountEvent, DeploymentEvent, EventKind, RefusalEvent, SessionEvent, SessionRefusal,
};
use super::origin::Origin;

/// Something worth knowing afterwards. There is one way to make an event of each group of kinds,
/// which asks for everything that such an event must carry.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    kind: EventKind,
    user_id: Option<&'a str>,
    session_id: Option<&'a str>,
    origin: Origin<'a>,
    detail: &'a str,
}

impl<'a> Event<'a> {
    /// Something that happened to a session.
    pub fn of_session(
        kind: SessionEvent,
        user_id: &'a str,
        session_id: &'a str,
        origin: Origin<'a>,
    ) -> Self {
        Self::new(kind.into(), Some(user_id), Some(session_id), origin)
    }

    /// Something that was refused within a session.
    pub fn refused_in_session(
        kind: SessionRefusal,
        user_id: &'a str,
        session_id: &'a str,
        origin: Origin<'a>,
    ) -> Self {
        Self::new(kind.into(), Some(user_id), Some(session_id), origin)
    }

    /// Something that was refused; the account is that which it was about, if it is known.
    pub fn refused(kind: RefusalEvent, user_id: Option<&'a str>, origin: Origin<'a>) -> Self {
        Self::new(kind.into(), user_id, None, origin)
    }

    /// Something that happened to an account.
    pub fn of_account(kind: AccountEvent, user_id: &'a str, origin: Origin<'a>) -> Self {
        Self::new(kind.into(), Some(user_id), None, origin)
    }

    /// Something that happened to the deployment.
    pub fn of_deployment(kind: DeploymentEvent, origin: Origin<'a>) -> Self {
        Self::new(kind.into(), None, None, origin)
    }

    fn new(
        kind: EventKind,
        user_id: Option<&'a str>,
        session_id: Option<&'a str>,
        origin: Origin<'a>,
    ) -> Self {
        Self { kind, user_id, session_id, origin, detail: "" }
    }

    /// The same, done within this session.
    #[must_use]
    pub fn in_session(self, session_id: &'a str) -> Self {
        Self { session_id: Some(session_id), ..self }
    }

    /// The same with further words; never a secret.
    #[must_use]
    pub fn with_detail(self, detail: &'a str) -> Self {
        Self { detail, ..self }
    }

    /// What happened.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// To whom.
    pub fn user_id(&self) -> Option<&'a str> {
        self.user_id
    }

    /// In which session.
    pub fn session_id(&self) -> Option<&'a str> {
        self.session_id
    }

    /// By whom and from where.
    pub fn origin(&self) -> Origin<'a> {
        self.origin
    }

    /// Further words.
    pub fn detail(&self) -> &'a str {
        self.detail
    }
}

/// An event to be recorded.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    /// UUIDv7. Events are ordered by it.
    pub id: String,
    /// Unix seconds.
    pub at: i64,
    /// What happened.
    pub event: Event<'a>,
}
