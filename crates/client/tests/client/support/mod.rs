//! A browser, its tabs, its network and a server, all on one virtual clock.

mod browser;
mod network;
mod server;
mod tab;
mod time;

pub(crate) use browser::Browser;
pub(crate) use network::Fault;
pub(crate) use server::Server;
pub(crate) use tab::Tab;
pub(crate) use time::World;
