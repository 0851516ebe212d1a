//! The client in a simulated browser before a simulated server: nothing sleeps, and every answer
//! can be lost.

#![expect(clippy::unwrap_used, reason = "the lint spares tests, but not what they have in common")]

mod support;

mod account;
mod calls;
mod clocks;
mod engine;
mod failures;
mod histories;
mod lost_answers;
mod resources;
mod signing_out;
mod starting;
mod storage;
mod tabs;
mod two_accounts;
