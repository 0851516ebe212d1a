use carnet_shared::{Attempt, RefreshRequest, Secret, TokenResponse, User};

use super::Moment;
use crate::message::Message;
use crate::stored::{Save, Stored};
use crate::{AuthError, AuthState};

/// Names a caller that waits for a token.
pub type CallerId = u64;

/// What is true outside at the moment of an event.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The time.
    pub now: Moment,
    /// What the storages hold, read anew.
    pub stored: Stored,
    /// Bits that nobody can guess; each event gets its own.
    pub random: [u8; 16],
}

/// Something happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The page runs, and this is what it came with.
    Started {
        /// What the server knew when it made the page.
        seed: AuthState,
        /// Whether nobody can see the page.
        hidden: bool,
    },
    /// A request is to be sent. Answered by [`Effect::Settle`].
    TokenWanted {
        /// Who waits.
        caller: CallerId,
        /// The serial of the token that got a 401.
        refused: Option<u64>,
    },
    /// A timer ran out.
    Elapsed(Timer),
    /// The page was shown, hidden, focused, brought back, or another tab wrote to the storage.
    Woken {
        /// Whether nobody can see the page.
        hidden: bool,
        /// Whether the device has just come online.
        online: bool,
    },
    /// Another tab spoke.
    Heard(Message),
    /// The lock was granted, or is not to be had in time: then it goes on without.
    Locked,
    /// What was saved has been read back, and is in the context.
    Reread,
    /// The answer to [`Effect::Refresh`].
    Refreshed {
        /// Which.
        number: u64,
        /// What came of it.
        answer: Result<TokenResponse, AuthError>,
    },
    /// A password is about to be changed or a token for another service to be fetched, which rotates the
    /// refresh token: the attempt for it has to be in the storage first.
    AttemptWanted,
    /// A token for another service came, and with it the next refresh token.
    Rotated {
        /// The answer. Its access token is not Carnet's own.
        answer: TokenResponse,
        /// The attempt that went with it.
        attempt: Option<Attempt>,
    },
    /// A login, a registration or a password change succeeded.
    SignedIn {
        /// The answer.
        answer: TokenResponse,
        /// The attempt that went with it.
        attempt: Option<Attempt>,
    },
    /// The person signs out here.
    SignedOut,
    /// The account was changed here.
    Changed(User),
}

/// The timers of an engine. Each runs at most once at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// To the next refresh, or the next try.
    Refresh,
    /// For other tabs to answer.
    Ask,
    /// Until a refresh is given up.
    Abort,
}

impl Timer {
    /// How many there are.
    pub const COUNT: usize = 3;
}

/// A token for one request.
#[derive(Debug, Clone)]
pub struct Grant {
    /// For the `Authorization` header.
    pub token: Secret,
    /// To say which token a 401 was for.
    pub serial: u64,
    /// In whose name.
    pub session: String,
}

/// Something is to be done, in the order given.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Let a timer run from now, instead of any earlier run of it.
    Schedule(Timer, i64),
    /// Stop a timer.
    Cancel(Timer),
    /// Ask for the lock; answered by [`Event::Locked`].
    TakeLock,
    /// Let it go, or stop asking for it.
    ReleaseLock,
    /// Tell all other tabs.
    Post(Message),
    /// Write to a storage.
    Save(Save),
    /// Read the storages again; answered by [`Event::Reread`].
    Reread,
    /// Send a refresh; answered by [`Event::Refreshed`].
    Refresh {
        /// Which.
        number: u64,
        /// The body.
        request: RefreshRequest,
    },
    /// Abort the refresh that is on its way.
    Abort,
    /// Answer a caller.
    Settle(CallerId, Result<Grant, AuthError>),
    /// Leave the mark from which the server learns that this session was signed out.
    Mark(String),
    /// Tell everybody who listens that the state has changed.
    Announce,
}
