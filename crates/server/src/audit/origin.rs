use std::borrow::Cow;

use uuid::Uuid;

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor<'a> {
    /// Somebody who has proved to be this user.
    User(&'a str),
    /// Somebody who has proved nothing, or whose proof is in doubt.
    Anonymous,
    /// An operator at the command line, by the name of the account at the operating system.
    Operator(&'a str),
    /// The server itself.
    System,
}

impl<'a> Actor<'a> {
    /// As it is recorded: a user's id, `anonymous`, `os:` and a name, or `system`.
    pub fn text(self) -> Cow<'a, str> {
        match self {
            Self::User(id) => Cow::Borrowed(id),
            Self::Anonymous => Cow::Borrowed("anonymous"),
            Self::Operator(name) => Cow::Owned(format!("os:{name}")),
            Self::System => Cow::Borrowed("system"),
        }
    }
}

/// Where an event comes from. Every event has one, so none can be recorded without it.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Who did it.
    pub actor: Actor<'a>,
    /// The client's address, or `local`.
    pub address: &'a str,
    /// What the client calls itself: its `User-Agent`, or the command.
    pub device: &'a str,
    /// The request's id, as the answer and the log carry it, or that of the command's run.
    pub request_id: Uuid,
}

impl Origin<'_> {
    /// The address of what is done on the machine itself.
    pub const LOCAL: &'static str = "local";

    /// The server itself, in a job of this id.
    pub fn system(job_id: Uuid) -> Self {
        Self { actor: Actor::System, address: Self::LOCAL, device: "carnet", request_id: job_id }
    }
}
