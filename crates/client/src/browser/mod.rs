//! The surroundings that a browser gives.

mod channel;
mod device;
mod lock;
mod page;
mod store;
mod surroundings;
mod transport;
