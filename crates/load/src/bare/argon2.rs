//! Argon2id as Carnet is set by default, on every core.

use std::io;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Block, Params, Version};

use super::work::on_threads;
use crate::clock::Window;
use crate::figures::Figures;

/// Carnet's defaults: `passwords.memory_kib`, `iterations` and `parallelism`.
const COST: (u32, u32, u32) = (19_456, 2, 1);
const LENGTH: usize = 32;

/// Hashes passwords, one at a time on each of so many threads, each in memory that it keeps.
///
/// # Errors
/// When Argon2 refuses.
pub fn check_passwords(threads: usize, measured: Duration) -> io::Result<Figures> {
    let (memory, iterations, lanes) = COST;
    let cost = Params::new(memory, iterations, lanes, Some(LENGTH)).map_err(io::Error::other)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
    on_threads(threads, Window::after_warming_up(measured), || {
        let argon2 = argon2.clone();
        let mut memory = vec![Block::default(); argon2.params().block_count()];
        move || {
            let mut hash = [0; LENGTH];
            let (password, salt) = (b"the kettle is on again", b"sixteen bytes...");
            let hashed =
                argon2.hash_password_into_with_memory(password, salt, &mut hash, &mut memory);
            hashed.map_err(io::Error::other)
        }
    })
}
