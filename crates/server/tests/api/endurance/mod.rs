//! What must hold however often it is tried: a few times in the checks, as often as is promised with
//! `cargo xtask endure`.

mod changing_keys;
mod lost_answers;
mod one_successor;
mod password_races;
mod revocations;

use crate::support::TestApp;

/// One server after the other.
fn in_turn(servers: &[TestApp], at: usize) -> &TestApp {
    &servers[at % servers.len()]
}
