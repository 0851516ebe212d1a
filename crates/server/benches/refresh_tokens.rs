//! What a refresh computes beside the database and the signature: the token's authentication code,
//! the decision, and the answer's bytes.

use carnet_server::benched::{decide_refresh, open_refresh_token, seal_refresh_token};
use carnet_server::keys::{MacKey, MacKeyId};
use carnet_server::store::SessionRow;
use carnet_shared::{Attempt, Secret, TokenResponse, TokenSession, User};
use criterion::{Criterion, criterion_group, criterion_main};

const NOW: i64 = 1_800_000_000;

fn row() -> SessionRow {
    SessionRow {
        user_id: "u".to_owned(),
        secret_hash: "secret".to_owned(),
        delivery: "body".to_owned(),
        generation: 5,
        attempt: None,
        past_attempts: String::new(),
        rotated_at: NOW - 3,
        last_used_at: NOW - 3,
        raced_generation: 0,
        raced_run: 0,
        idle_expires_at: NOW + 1000,
        expires_at: NOW + 9000,
        ended_at: None,
        ended_because: None,
        user_epoch: 1,
        epoch_now: 1,
        user_disabled_at: None,
    }
}

fn response() -> TokenResponse {
    TokenResponse {
        access_token: Secret::new("x".repeat(600)),
        token_type: "Bearer".to_owned(),
        expires_in: 300,
        refresh_token: Some(Secret::new("x".repeat(80))),
        refresh_expires_in: 2_592_000,
        server_time: NOW,
        session: TokenSession { id: "s".repeat(36), created_at: NOW, expires_at: NOW },
        user: User {
            id: "u".repeat(36),
            email: "ada@example.org".to_owned(),
            username: "ada".to_owned(),
            name: "Ada Lovelace".to_owned(),
            roles: vec!["user".to_owned()],
            created_at: NOW,
            attributes: serde_json::Map::new(),
        },
    }
}

fn refresh_tokens(criterion: &mut Criterion) {
    let key = MacKey::new(MacKeyId([1, 2, 3, 4]), &[7; 32]);
    let token = seal_refresh_token(&key, 5);
    let (row, response) = (row(), response());
    let attempt = Attempt::parse("YWFhYWFhYWFhYWFhYWFhYQ").expect("it is an attempt");
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
