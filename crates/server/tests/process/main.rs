//! The `carnet` binary: as an operator meets it, when it is killed, and what it says.

#![expect(clippy::unwrap_used, reason = "a test says that it failed by panicking")]

mod audit;
mod canary;
mod command;
mod connections;
mod crash;
#[path = "../api/support/database.rs"]
mod database;
mod endurance;
mod files;
#[cfg(target_os = "linux")]
mod full_disk;
mod keys;
mod log;
#[cfg(target_os = "linux")]
mod memory;
mod metrics;
mod pauses;
mod people;
mod restored;
mod secrets;
mod server;
mod storage_state;
