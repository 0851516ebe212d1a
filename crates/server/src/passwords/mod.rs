//! Hashing passwords, and refusing those that are too easy to guess.

mod costs;
mod guessable;
mod hasher;
mod memory;
mod workers;

pub use hasher::HasherError;
pub(crate) use hasher::{NewHash, Passwords, Verdict};
#[cfg(test)]
pub(crate) use workers::Place;
