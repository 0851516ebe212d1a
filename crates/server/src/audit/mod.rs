//! The audit trail: what happened, to whom, and who did it from where.

mod event;
mod kinds;
mod operator;
mod origin;
mod record;
mod refusals;

pub use event::{Event, NewEvent};
pub use kinds::{
    AccountEvent, DeploymentEvent, EventKind, RefusalEvent, SessionEvent, SessionRefusal, Subject,
};
pub use operator::Operator;
pub use origin::{Actor, Origin};
pub(crate) use refusals::{Counted, Refusals};
