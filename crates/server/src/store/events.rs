use super::database::{each_database, in_one_statement};
use super::{Store, StoreError};

macro_rules! event_kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// What is worth knowing afterwards.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum EventKind {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl EventKind {
            /// As it is recorded.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

event_kinds! {
    /// An account was made.
    AccountCreated = "account_created",
    /// Somebody signed in.
    LoginSucceeded = "login_succeeded",
    /// A wrong password, or an unknown or disabled account.
    LoginFailed = "login_failed",
    /// Too many attempts.
    Throttled = "throttled",
    /// Signed out.
    LoggedOut = "logged_out",
    /// A device was signed out from another one, or by an operator.
    SessionEnded = "session_ended",
    /// An old refresh token was used: the session was ended.
    RefreshReused = "refresh_reused",
    /// Several clients raced for three generations running: the session was ended.
    RefreshForked = "refresh_forked",
    /// A lost answer was asked for again.
    RefreshRepeated = "refresh_repeated",
    /// Several clients raced for one refresh.
    RefreshRaced = "refresh_raced",
    /// A refresh came again whose answer is long superseded.
    RefreshLate = "refresh_late",
    /// A refresh token was further ahead of the database than a lost write explains.
    RefreshLost = "refresh_lost",
    /// A refresh token was ahead of the database, which has lost a write.
    RefreshBehind = "refresh_behind",
    /// The password was changed.
    PasswordChanged = "password_changed",
    /// Roles, attributes or names were changed by an operator.
    AccountChanged = "account_changed",
    /// The account was disabled.
    AccountDisabled = "account_disabled",
    /// The account was enabled again.
    AccountEnabled = "account_enabled",
    /// The account was deleted.
    AccountDeleted = "account_deleted",
    /// A key was made or brought along.
    KeyAdded = "key_added",
    /// A key was revoked.
    KeyRevoked = "key_revoked",
    /// The keys were sealed with a new master secret.
    SecretRotated = "secret_rotated",
}

/// Something worth knowing afterwards.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// What happened.
    pub kind: EventKind,
    /// To whom.
    pub user_id: Option<&'a str>,
    /// In which session.
    pub session_id: Option<&'a str>,
    /// From where.
    pub address: Option<&'a str>,
    /// Further words; never a secret.
    pub detail: &'a str,
}

/// An event that is to be recorded.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    /// UUIDv7.
    pub id: String,
    /// Unix seconds.
    pub at: i64,
    /// What happened.
    pub event: Event<'a>,
}

/// An event as it was recorded.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EventRow {
    /// Unix seconds.
    pub at: i64,
    /// As [`EventKind`] writes it.
    pub kind: String,
    /// To whom.
    pub user_id: Option<String>,
    /// In which session.
    pub session_id: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// Further words.
    pub detail: String,
}

/// Records an event on a connection, be it within a transaction.
macro_rules! record_event {
    ($connection:expr, $new:expr) => {{
        let $crate::store::NewEvent { id, at, event } = $new;
        sqlx::query($crate::store::events::RECORD)
            .bind(id)
            .bind(at)
            .bind(event.kind.as_str())
            .bind(event.user_id)
            .bind(event.session_id)
            .bind(event.address)
            .bind(event.detail)
            .execute($connection)
            .await
    }};
}

pub(super) use record_event;

pub(super) const RECORD: &str = "INSERT INTO events \
     (id, at, kind, user_id, session_id, address, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)";

impl Store {
    /// Records an event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record(&self, new: &NewEvent<'_>) -> Result<(), StoreError> {
        in_one_statement!(self, connection => record_event!(connection, new).map(|_| ()))
    }

    /// The last events, the newest first, of one account or of all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events(
        &self,
        user_id: Option<&str>,
        limit: i64,
    ) -> Result<Vec<EventRow>, StoreError> {
        const SQL: &str = "SELECT at, kind, user_id, session_id, address, detail FROM events \
             WHERE ($1 IS NULL OR user_id = $1) ORDER BY at DESC, id DESC LIMIT $2";
        let rows = each_database!(&self.read, pool => sqlx::query_as(SQL)
            .bind(user_id)
            .bind(limit)
            .fetch_all(pool)
            .await)?;
        Ok(rows)
    }
}
