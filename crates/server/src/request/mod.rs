//! What a request is before a handler sees it, and what an answer is before it leaves.

mod body;
mod caller;
mod cookies;
mod current;
mod device_cookie;
mod finish;
mod foreign_form;
mod form;
mod forwarded;
mod headers;
mod host;
mod ids;
mod media_type;
mod origin;
mod path;
mod room;
mod writing_user;

pub(crate) use body::{FormOrJsonFields, JsonFields, OptionalFields, read_body};
pub(crate) use caller::Caller;
#[cfg(feature = "ssr")]
pub(crate) use cookies::values as cookie_values;
pub(crate) use cookies::{Cookies, SessionCookie};
pub use current::Current;
pub(crate) use device_cookie::DeviceCookie;
pub(crate) use finish::{REQUEST_ID, Surroundings, finish};
pub(crate) use foreign_form::NoForeignForm;
pub(crate) use form::{decode, read_form};
pub(crate) use forwarded::ForwardedFaults;
pub(crate) use media_type::MediaType;
pub(crate) use origin::require_same_origin;
pub(crate) use path::Segment;
pub(crate) use room::RoomForPassword;
pub(crate) use writing_user::WritingUser;
