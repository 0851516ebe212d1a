//! However many use a refresh token at once, its session goes on in one line or not at all.

use std::collections::HashSet;

use futures::future::join_all;
use futures::join;
use serde_json::{Value, json};

use super::in_turn;
use crate::support::{Answer, TestApp, on_one_and_two, times};

on_one_and_two![
    parallel_uses_of_one_token_get_one_successor,
    reuse_racing_a_refresh_leaves_nothing_alive,
];

async fn parallel_uses_of_one_token_get_one_successor(servers: Vec<TestApp>) {
    let app = &servers[0];
    let (sessions, uses) = (times(5, 100), times(100, 1_000));
    app.registered("ada").await;
    for round in 0..sessions {
        app.clock.advance(1);
        let ada = app.signed_in("ada").await;
        let all = (0..uses).map(|at| {
            let fields = fields(round, at);
            let (server, token) = (in_turn(&servers, at), &ada.refresh);
            async move { server.refresh(token, &fields).await }
        });
        let answers = join_all(all).await;
        let successors: HashSet<String> =
            answers.into_iter().map(|answer| refresh_token(&answer.with_status(200))).collect();
        assert_eq!(successors.len(), 1);
        let row = app.store().session_row(&ada.session).await.unwrap().unwrap();
        assert_eq!((row.generation, row.ended_at), (1, None));
        let successor = successors.into_iter().next().unwrap();
        app.refresh(&successor, &json!({})).await.with_status(200);
    }
    eprintln!("{sessions} sessions, {uses} parallel uses each: one successor each, none ended");
}

/// Clients that know nothing of attempts, tabs that share one, and clients that each have their own.
fn fields(round: usize, at: usize) -> Value {
    match round % 3 {
        0 => json!({}),
        1 => json!({"attempt": format!("{round:022}")}),
        _ => json!({"attempt": format!("{round:011}{at:011}")}),
    }
}

async fn reuse_racing_a_refresh_leaves_nothing_alive(servers: Vec<TestApp>) {
    let (app, other) = (&servers[0], in_turn(&servers, 1));
    let (rounds, mut overtaken) = (times(20, 1_000), 0);
    // How many requests the owner waits longer than the thief; below none, the thief waits.
    let mut lead = 0_i32;
    app.registered("ada").await;
    for _ in 0..rounds {
        let mut ada = app.signed_in("ada").await;
        let stolen = ada.refresh.clone();
        ada.refreshed().await;
        app.clock.advance(11);
        let nothing = json!({});
        let (thief, owner) = join!(
            async {
                delay(other, -lead).await;
                other.refresh(&stolen, &nothing).await
            },
            async {
                delay(app, lead).await;
                app.refresh(&ada.refresh, &nothing).await
            }
        );
        // Whoever came last gets more of a start, so that it stays a race.
        lead += if owner.status == 200 { 1 } else { -1 };
        thief.refused(401, "session_reused");
        let (mut refresh, mut access) = (vec![ada.refresh.clone()], vec![ada.access.clone()]);
        if owner.status == 200 {
            overtaken += 1;
            refresh.push(refresh_token(&owner));
            access.push(owner.body["access_token"].as_str().unwrap().to_owned());
        } else {
            owner.refused(401, "session_reused");
        }
        for server in &servers {
            for token in &refresh {
                server.refresh(token, &nothing).await.refused(401, "session_reused");
            }
        }
        for token in &access {
            other.get_with("/api/me", token).await.refused(401, "session_ended");
            assert!(app.soon_refuses(token).await);
        }
    }
    assert!((1..rounds).contains(&overtaken), "{overtaken} of {rounds}: it was no race");
    eprintln!(
        "{rounds} races of reuse and refresh, {overtaken} times the refresh came first: nothing lives"
    );
}

/// Lets so many other requests be answered first.
async fn delay(app: &TestApp, requests: i32) {
    for _ in 0..requests {
        assert!(app.get("/healthz").await.status.is_success());
    }
}

fn refresh_token(answer: &Answer) -> String {
    answer.body["refresh_token"].as_str().unwrap().to_owned()
}
