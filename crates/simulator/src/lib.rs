//! One virtual clock and everything on it: browsers with tabs that share storage, locks and a
//! channel, networks that lose what they carry, and a server behind them.
//!
//! The client's own tests put a fake server behind the network. With the feature `server` the real
//! one stands there, and histories are played by chance: see `history` and `thief`.

#[cfg(feature = "server")]
pub mod audit;
mod backend;
mod browser;
mod chance;
#[cfg(feature = "server")]
pub mod history;
mod lag;
mod network;
#[cfg(feature = "server")]
pub mod server;
mod tab;
#[cfg(feature = "server")]
pub mod thief;
mod time;

pub use backend::{Backend, CookieChange, Cookies, Reply};
pub use browser::{Area, Browser, Ear, Origin, Shared};
pub use chance::Chance;
pub use network::{Fault, Fetch, Network};
pub use tab::{PASSWORD, Tab};
pub use time::{Pending, World};
