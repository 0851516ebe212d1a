//! Rate limits: token buckets in memory. Each process has its own, and they are full after a restart.

mod limiter;
mod network;
mod rates;
mod subject;
mod table;
mod writer;

pub use limiter::TooMany;
pub(crate) use limiter::{Limits, Paid};
pub(crate) use subject::Subject;
pub(crate) use writer::Writer;

#[cfg(test)]
mod tests;
