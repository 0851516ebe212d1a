//! The `carnet` binary: as an operator meets it, when it is killed, and what it says.

#![expect(clippy::unwrap_used, reason = "a test says that it failed by panicking")]

mod canary;
mod command;
mod crash;
#[path = "../api/support/database.rs"]
mod database;
mod keys;
mod metrics;
mod people;
mod server;
