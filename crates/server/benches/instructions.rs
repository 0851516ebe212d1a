//! The same as `refresh_tokens`, counted in instructions by valgrind: they repeat to the last one
//! where nanoseconds do not. Signatures are left out, since valgrind has not the instructions that
//! they take on this processor.

#![expect(missing_docs, reason = "of what gungraun's macros write")]

mod fixtures;

use std::hint::black_box;

use carnet_server::benched::{decide_refresh, open_refresh_token, seal_refresh_token};
use carnet_server::keys::MacKey;
use carnet_server::store::SessionRow;
use carnet_shared::{Attempt, Secret, TokenResponse};
use fixtures::{NOW, attempt, key, response, row};
use gungraun::{library_benchmark, library_benchmark_group, main};

fn presented() -> (MacKey, Secret) {
    let key = key();
    let token = seal_refresh_token(&key, 5);
    (key, token)
}

fn met() -> (SessionRow, Attempt) {
    (row(), attempt())
}

#[library_benchmark(setup = key)]
fn seal(key: MacKey) -> (Secret, MacKey) {
    (black_box(seal_refresh_token(&key, 5)), key)
}

#[library_benchmark(setup = presented)]
fn open((key, token): (MacKey, Secret)) -> (bool, MacKey, Secret) {
    (black_box(open_refresh_token(&key, token.expose())), key, token)
}

#[library_benchmark(setup = met)]
fn decide((row, attempt): (SessionRow, Attempt)) -> (bool, SessionRow, Attempt) {
    (black_box(decide_refresh(&row, 5, &attempt, NOW)), row, attempt)
}

#[library_benchmark(setup = response)]
fn write(response: TokenResponse) -> (Option<Vec<u8>>, TokenResponse) {
    (black_box(serde_json::to_vec(&response).ok()), response)
}

library_benchmark_group!(name = refresh_tokens, benchmarks = [seal, open, decide, write]);
main!(library_benchmark_groups = refresh_tokens);
