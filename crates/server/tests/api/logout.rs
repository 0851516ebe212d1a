use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, PASSWORD, TestApp, on_both};

on_both![
    logout_ends_the_session_for_both_tokens_at_once,
    logout_answers_the_same_for_junk_and_again_and_again,
    logout_takes_any_generation_of_the_token,
    logout_by_cookie_deletes_it_and_the_mark,
    the_other_sessions_go_on,
    an_outdated_and_an_expired_access_token_end_their_session,
    a_token_for_somebody_else_ends_nothing,
];

async fn logout_ends_the_session_for_both_tokens_at_once(app: TestApp) {
    let ada = app.registered("ada").await;
    app.post("/api/auth/logout", &json!({"refresh_token": ada.refresh})).await.with_status(204);
    ada.get("/api/me").await.refused(401, "session_ended");
    ada.get("/api/auth/session").await.refused(401, "session_ended");
    ada.present(&ada.refresh, json!({})).await.refused(401, "session_ended");

    let grace = app.registered("grace").await;
    grace.send(Method::POST, "/api/auth/logout", None).await.with_status(204);
    grace.present(&grace.refresh, json!({})).await.refused(401, "session_ended");
}

async fn logout_answers_the_same_for_junk_and_again_and_again(app: TestApp) {
    let ada = app.registered("ada").await;
    let mut answers = Vec::new();
    for token in [&*ada.refresh, &ada.refresh, &ada.access, "crt_junk", "junk", ""] {
        let answer = app.post("/api/auth/logout", &json!({"refresh_token": token})).await;
        let mut answer = answer.with_status(204);
        assert!(answer.text.is_empty());
        for name in ["date", "x-request-id"] {
            answer.headers.remove(name);
        }
        answers.push(answer.headers);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    app.post("/api/auth/logout", &json!({})).await.with_status(204);
    let bare = app.request(Method::POST, "/api/auth/logout").send().await.unwrap();
    Answer::read(bare).await.with_status(204);
}

async fn logout_takes_any_generation_of_the_token(app: TestApp) {
    let mut ada = app.registered("ada").await;
    let old = ada.refresh.clone();
    ada.refreshed().await;
    ada.refreshed().await;
    app.clock.advance(3600);
    app.post("/api/auth/logout", &json!({"refresh_token": old})).await.with_status(204);
    ada.present(&ada.refresh, json!({})).await.refused(401, "session_ended");
}

async fn logout_by_cookie_deletes_it_and_the_mark(app: TestApp) {
    app.registered("ada").await;
    let body = json!({"login": "ada", "password": PASSWORD, "delivery": "cookie"});
    let login = app.post_from_page("/api/auth/login", "", &body).await.with_status(200);
    let cookie = login.cookies()[0].split(';').next().unwrap().to_owned();
    let answer = app.post_from_page("/api/auth/logout", &cookie, &json!({})).await.with_status(204);
    let cookies = answer.cookies();
    assert_eq!(cookies.len(), 2);
    assert!(cookies.iter().all(|cookie| cookie.contains("Max-Age=0")), "{cookies:?}");
    assert!(cookies[1].split('=').next().unwrap().ends_with("-out"));
    let answer = app.post_from_page("/api/auth/refresh", &cookie, &json!({})).await;
    answer.refused(401, "session_ended");
}

async fn the_other_sessions_go_on(app: TestApp) {
    let one = app.registered("ada").await;
    let two = app.signed_in("ada").await;
    app.post("/api/auth/logout", &json!({"refresh_token": one.refresh})).await.with_status(204);
    two.get("/api/me").await.with_status(200);
    two.present(&two.refresh, json!({})).await.with_status(200);
}

/// Each of them is refused by a route, and its session could still be refreshed.
async fn an_outdated_and_an_expired_access_token_end_their_session(app: TestApp) {
    let by_bearer = async |access: &str| {
        let request = app.request(Method::POST, "/api/auth/logout").bearer_auth(access);
        Answer::read(request.send().await.unwrap()).await.with_status(204);
    };
    for kind in ["outdated", "expired", "as a refresh token"] {
        let ada = app.registered(&kind.replace(' ', "-")).await;
        match kind {
            "outdated" => {
                let row = app.store().user_by_login(kind).await.unwrap().unwrap();
                let mut user = row.user().unwrap();
                user.roles.push("editor".to_owned());
                app.store().update_user(&user).await.unwrap();
                assert!(app.soon_refuses(&ada.access).await);
                by_bearer(&ada.access).await;
            }
            "expired" => {
                app.clock.advance(301);
                by_bearer(&ada.access).await;
            }
            _ => {
                let body = json!({"refresh_token": ada.access});
                app.post("/api/auth/logout", &body).await.with_status(204);
            }
        }
        ada.present(&ada.refresh, json!({})).await.refused(401, "session_ended");
    }
}

async fn a_token_for_somebody_else_ends_nothing(app: TestApp) {
    app.registered("ada").await;
    let app = app.sibling_with(&["tokens.resources=https://shop.test"]).await;
    let ada = app.signed_in("ada").await;
    let body = json!({"resource": "https://shop.test"});
    let answer = ada.present(&ada.refresh, body).await.with_status(200);
    let (shop, refresh) = (&answer.body["access_token"], &answer.body["refresh_token"]);
    let (shop, refresh) = (shop.as_str().unwrap(), refresh.as_str().unwrap());
    let (rest, signature) = ada.access.rsplit_once('.').unwrap();
    let forged = format!("{rest}.{}", signature.chars().rev().collect::<String>());
    for token in [shop, &forged] {
        let request = app.request(Method::POST, "/api/auth/logout").bearer_auth(token);
        Answer::read(request.send().await.unwrap()).await.with_status(204);
    }
    ada.present(refresh, json!({})).await.with_status(200);
    // `revoke` is for the services, too.
    app.post_form("/api/auth/revoke", &[("token", shop)]).await.with_status(200);
    ada.present(refresh, json!({})).await.refused(401, "session_ended");
}
