//! Many clients at once against one server.

mod asking;
mod crowd;
mod flood;
mod refreshing;
mod signing_in;

pub use asking::Asking;
pub use crowd::{Client, Crowd, Plan};
pub use flood::{Flood, Flooded};
pub use refreshing::{Refreshing, read_sessions, write_sessions};
pub use signing_in::{Member, SigningIn, register};
