//! The load generator of `cargo xtask bench`: clients by the dozen against servers of three kinds,
//! and the limits of the machine that they run on.

mod api;
pub mod bare;
mod clock;
pub mod drive;
mod figures;
pub mod http;
mod populate;

pub use api::{Api, Session};
pub use figures::Figures;
pub use populate::populate;
