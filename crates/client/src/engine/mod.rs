//! The session engine: a pure state machine. Events go in, with the time and what the storages
//! hold; effects come out. It does nothing itself.

mod answer;
mod backoff;
mod event;
mod hear;
mod machine;
mod moment;
mod refresh;
mod session;
mod wake;

pub use event::{CallerId, Context, Effect, Event, Grant, Timer};
pub use machine::Engine;
pub use moment::Moment;
