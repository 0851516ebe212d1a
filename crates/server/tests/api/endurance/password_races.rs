//! Logins with a password that is being changed.

use futures::future::join_all;
use futures::join;
use serde_json::json;

use super::in_turn;
use crate::support::{Answer, PASSWORD, TestApp, on_one_and_two, times};

on_one_and_two![no_login_with_the_old_password_survives_its_change];

/// As many as fit into the time that the change takes.
const LOGINS: usize = 4;

/// A login's password may be checked against the old hash when the change comes in between.
async fn no_login_with_the_old_password_survives_its_change(servers: Vec<TestApp>) {
    let app = &servers[0];
    let ada = app.registered("ada").await;
    let rounds = times(20, 1_000);
    let (mut early, mut old, mut new) = (0, PASSWORD, "a different kettle now");
    // How many requests the change waits longer than the first login.
    let mut lead = 0_usize;
    for _ in 0..rounds {
        let login = json!({"login": "ada", "password": old});
        let logins = (0..LOGINS).map(async |at| {
            let server = in_turn(&servers, at);
            // Each a little later than the one before.
            delay(server, at).await;
            (server, server.post("/api/auth/login", &login).await)
        });
        let change = json!({"current_password": old, "new_password": new});
        let (logins, changed) = join!(join_all(logins), async {
            delay(app, lead).await;
            ada.post("/api/me/password", &change).await
        });
        changed.with_status(200);
        let first = logins.iter().filter(|(_, answer)| answer.status == 200).count();
        // Half of them come first and half come last: else it is no race.
        lead = if first > LOGINS / 2 { lead.saturating_sub(1) } else { lead + 1 };
        for (server, answer) in logins {
            if answer.status == 200 {
                early += 1;
                is_over(server, &answer).await;
            } else {
                answer.refused(401, "invalid_credentials");
            }
        }
        app.post("/api/auth/login", &login).await.refused(401, "invalid_credentials");
        (old, new) = (new, old);
    }
    assert!((1..LOGINS * rounds).contains(&early), "{early} came first: it was no race");
    eprintln!(
        "{rounds} password changes, each racing {LOGINS} logins: {early} came first and none of \
         them lives"
    );
}

/// Lets so many other requests be answered first.
async fn delay(app: &TestApp, requests: usize) {
    for _ in 0..requests {
        assert!(app.get("/healthz").await.status.is_success());
    }
}

async fn is_over(server: &TestApp, login: &Answer) {
    let refresh = login.body["refresh_token"].as_str().unwrap();
    server.refresh(refresh, &json!({})).await.refused(401, "password_changed");
    assert!(server.soon_refuses(login.body["access_token"].as_str().unwrap()).await);
}
