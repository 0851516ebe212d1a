//! Hashing passwords, and refusing those that are too easy to guess.

mod guessable;
mod hasher;
mod memory;
mod workers;

pub(crate) use guessable::is_too_easy;
pub use hasher::HasherError;
pub(crate) use hasher::{Passwords, Verdict};
