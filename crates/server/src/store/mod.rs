//! What is kept: SQLite or PostgreSQL, each query written once.

mod accounts;
mod changes;
mod connections;
mod database;
mod error;
mod events;
mod everyone;
mod files;
mod keys;
mod open;
mod purge;
mod refresh;
mod sessions;
mod space;
mod steps;
mod users;
mod writer;

pub use accounts::{PasswordChange, PasswordChanged};
pub use changes::{Change, Position, ReadChanges};
pub use database::Store;
pub use error::StoreError;
pub use events::{EventFilter, EventRow};
pub(crate) use files::{beside, followed_by, write_private};
pub use keys::{KeyRow, NewKey};
pub use open::{OpenError, StartLock, StoreUse};
pub use refresh::{Advanced, Advancement, SessionRow};
pub use sessions::{BegunSession, EndReason, NewSession, SessionListing};
pub use users::{Credentials, NameOwners, NewUser, UserRow};
