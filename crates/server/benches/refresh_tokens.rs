//! What a refresh computes beside the database and the signature: the token's authentication code,
//! the decision, and the answer's bytes.

mod fixtures;

use carnet_server::benched::{decide_refresh, open_refresh_token, seal_refresh_token};
use criterion::{Criterion, criterion_group, criterion_main};
use fixtures::{NOW, attempt, key, response, row};

fn refresh_tokens(criterion: &mut Criterion) {
    let key = key();
    let token = seal_refresh_token(&key, 5);
    let (row, response, attempt) = (row(), response(), attempt());
    criterion.bench_function("seal a refresh token", |bench| {
        bench.iter(|| seal_refresh_token(&key, 5));
    });
    criterion.bench_function("open a refresh token", |bench| {
        bench.iter(|| open_refresh_token(&key, token.expose()));
    });
    criterion.bench_function("decide", |bench| {
        bench.iter(|| decide_refresh(&row, 5, &attempt, NOW));
    });
    criterion.bench_function("write the answer", |bench| {
        bench.iter(|| serde_json::to_vec(&response));
    });
}

criterion_group!(benches, refresh_tokens);
criterion_main!(benches);
