//! What one process ends, another hears of: two servers on one database.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Person, TestApp, on_both};

on_both![
    a_logout_on_one_server_counts_on_the_other_within_a_second,
    a_role_change_outdates_tokens_everywhere_without_ending_anything,
    a_disabled_account_is_refused_everywhere,
    a_server_that_starts_later_knows_what_ended_before,
];

/// Asks until the answer is this code, for a second at most by the wall clock.
async fn becomes(app: &TestApp, access: &str, code: &str) {
    let mut last = None;
    for _ in 0..100 {
        let answer = app.request(Method::GET, "/api/auth/session").bearer_auth(access).send().await;
        let answer = Answer::read(answer.unwrap()).await;
        if answer.body["code"] == code {
            return;
        }
        last = Some(answer);
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("after a second still {last:?}");
}

async fn a_logout_on_one_server_counts_on_the_other_within_a_second(app: TestApp) {
    let other = app.sibling().await;
    let ada = app.registered("ada").await;
    let there = Person {
        app: &other,
        username: String::new(),
        session: String::new(),
        access: ada.access.clone(),
        refresh: String::new(),
    };
    there.get("/api/me").await.with_status(200);
    app.post("/api/auth/logout", &json!({"refresh_token": ada.refresh})).await.with_status(204);
    becomes(&other, &ada.access, "session_ended").await;
}

async fn a_role_change_outdates_tokens_everywhere_without_ending_anything(app: TestApp) {
    let other = app.sibling().await;
    let mut ada = app.registered("ada").await;
    let mut user = app.store().user_by_login("ada").await.unwrap().unwrap().user().unwrap();
    user.roles = vec!["editor".to_owned()];
    app.store().update_user(&user).await.unwrap();
    becomes(&app, &ada.access, "token_outdated").await;
    becomes(&other, &ada.access, "token_outdated").await;
    ada.refreshed().await;
    let answer = ada.get("/api/auth/session").await.with_status(200);
    assert_eq!(answer.body["user"]["roles"], json!(["editor"]));
}

async fn a_disabled_account_is_refused_everywhere(app: TestApp) {
    let other = app.sibling().await;
    let ada = app.registered("ada").await;
    let user = app.store().user_by_login("ada").await.unwrap().unwrap();
    app.store().disable_user(&user.id, 1_800_000_000).await.unwrap();
    becomes(&app, &ada.access, "session_ended").await;
    becomes(&other, &ada.access, "session_ended").await;
    ada.present(&ada.refresh, json!({})).await.refused(401, "account_disabled");
    app.store().enable_user(&user.id).await.unwrap();
    ada.present(&ada.refresh, json!({})).await.refused(401, "account_disabled");
    app.signed_in("ada").await;
}

async fn a_server_that_starts_later_knows_what_ended_before(app: TestApp) {
    let ada = app.registered("ada").await;
    app.post("/api/auth/logout", &json!({"refresh_token": ada.refresh})).await.with_status(204);
    app.clock.advance(200);
    let later = app.sibling().await;
    let answer = later.request(Method::GET, "/api/me").bearer_auth(&ada.access).send().await;
    Answer::read(answer.unwrap()).await.refused(401, "session_ended");
}
