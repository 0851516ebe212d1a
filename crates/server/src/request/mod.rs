//! What a request is before a handler sees it, and what an answer is before it leaves.

mod body;
mod caller;
mod cookies;
mod current;
mod finish;
mod headers;
mod host;
mod ids;
mod origin;
mod room;

pub(crate) use body::{FormOrJsonFields, JsonFields, OptionalFields};
pub(crate) use caller::Caller;
pub(crate) use cookies::{Cookies, SessionCookie};
pub use current::Current;
pub(crate) use finish::{Surroundings, finish};
pub(crate) use origin::require_same_origin;
pub(crate) use room::RoomForPassword;
