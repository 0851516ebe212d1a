//! A simulated browser before a fake server.

mod server;

pub(crate) use carnet_simulator::{Fault, Tab, World};

pub(crate) use server::Server;

pub(crate) type Browser = carnet_simulator::Browser<Server>;
