//! Argon2id at the cost that the settings have by default: what a login cannot be cheaper than.

use argon2::{Algorithm, Argon2, Params, Version};
use criterion::{Criterion, criterion_group, criterion_main};

fn passwords(criterion: &mut Criterion) {
    let cost = Params::new(19_456, 2, 1, None).expect("it is a cost");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
    let mut group = criterion.benchmark_group("passwords");
    group.sample_size(20).bench_function("argon2id", |bench| {
        bench.iter(|| {
            let mut hash = [0; 32];
            argon2.hash_password_into(b"the kettle is on again", &[7; 16], &mut hash)
        });
    });
    group.finish();
}

criterion_group!(benches, passwords);
criterion_main!(benches);
