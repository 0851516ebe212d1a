//! The three modes of `compat.simplejwt`, and what becomes of sessions when it changes.

use serde_json::{Value, json};

use super::{
    BLACKLIST, OBTAIN, REFRESH, VERIFY, blacklist, change_password, claims, me_with, newcomer,
    not_valid, obtained, pair, refresh, refused, user_id, verify,
};
use crate::support::{Answer, PASSWORD, TestApp, on_both};

on_both![
    a_front_end_that_ignores_the_new_token_works_with_a_static_one_for_a_day,
    a_static_session_rests_no_longer_than_any_other,
    a_static_token_is_taken_nowhere_else,
    no_request_can_ask_for_a_static_session,
    a_static_session_is_listed_and_ends_like_any_other,
    sessions_go_on_as_they_began_when_the_mode_changes,
    the_two_claims_stay_with_the_session,
    switched_off_nothing_is_there,
    there_are_no_sliding_tokens,
];

const STATIC: &[&str] = &["compat.simplejwt=static"];

/// Row 64: different, because by default a refresh answers a new refresh token too.
/// Row 67: different, because by default the token before is only good for ten seconds more.
async fn a_front_end_that_ignores_the_new_token_works_with_a_static_one_for_a_day(app: TestApp) {
    let app = app.sibling_with(STATIC).await;
    let ada = newcomer(&app, "ada").await;
    for _ in 0..24 {
        let answer = refresh(&app, &ada.refresh).await.with_status(200);
        assert_eq!(answer.body.as_object().unwrap().len(), 1);
        let access = answer.body["access"].as_str().unwrap();
        assert_eq!(claims(access)["exp"], app.clock.now() + 300);
        me_with(&app, access).await.with_status(200);
        app.clock.advance(3600);
    }
    not_valid(&refresh(&app, &ada.refresh).await, "Token is expired");
    not_valid(&verify(&app, &ada.refresh).await, "Token is expired");

    let ada = obtained(&app, "ada").await;
    app.clock.advance(86_390);
    let last = refresh(&app, &ada.refresh).await.with_status(200);
    let last = claims(last.body["access"].as_str().unwrap());
    assert_eq!(last["exp"].as_i64().unwrap() - last["iat"].as_i64().unwrap(), 10);
    let all = (0..20).map(|_| refresh(&app, &ada.refresh));
    for answer in futures::future::join_all(all).await {
        answer.with_status(200);
    }
}

async fn a_static_session_rests_no_longer_than_any_other(app: TestApp) {
    let app = app.sibling_with(&["compat.simplejwt=static", "tokens.idle_lifetime=1h"]).await;
    let ada = newcomer(&app, "ada").await;
    for _ in 0..3 {
        app.clock.advance(3599);
        refresh(&app, &ada.refresh).await.with_status(200);
    }
    app.clock.advance(3600);
    not_valid(&refresh(&app, &ada.refresh).await, "Token is expired");

    let app = app.sibling_with(&["tokens.idle_lifetime=30d", "tokens.absolute_lifetime=2h"]).await;
    let ada = obtained(&app, "ada").await;
    app.clock.advance(7199);
    refresh(&app, &ada.refresh).await.with_status(200);
    app.clock.advance(1);
    not_valid(&refresh(&app, &ada.refresh).await, "Token is expired");
}

async fn a_static_token_is_taken_nowhere_else(app: TestApp) {
    let app = app.sibling_with(STATIC).await;
    let ada = newcomer(&app, "ada").await;
    let body = json!({"refresh_token": ada.refresh});
    app.post("/api/auth/refresh", &body).await.refused(401, "invalid_refresh_token");
    let port = app.url.rsplit_once(':').unwrap().1;
    let cookie = format!("carnet-{port}={}", ada.refresh);
    let answer = app.post_from_page("/api/auth/refresh", &cookie, &json!({})).await;
    answer.refused(401, "invalid_refresh_token");
    let body = json!({
        "current_password": PASSWORD, "new_password": "a different kettle now",
        "refresh_token": ada.refresh,
    });
    let request = app.request(reqwest::Method::POST, "/api/me/password").bearer_auth(&ada.access);
    let answer = Answer::read(request.json(&body).send().await.unwrap()).await;
    answer.refused(401, "invalid_refresh_token");
    refresh(&app, &ada.refresh).await.with_status(200);
}

async fn no_request_can_ask_for_a_static_session(app: TestApp) {
    let app = app.sibling_with(STATIC).await;
    app.registered("ada").await;
    let body = json!({"login": "ada", "password": PASSWORD, "delivery": "static"});
    let answer = app.post("/api/auth/login", &body).await.refused(422, "invalid_fields");
    assert_eq!(answer.field_errors(), [("delivery", "invalid")]);
    assert!(serde_json::from_str::<carnet_shared::Delivery>("\"static\"").is_err());
}

async fn a_static_session_is_listed_and_ends_like_any_other(app: TestApp) {
    let app = app.sibling_with(STATIC).await;
    let ada = app.registered("ada").await;
    let (one, two) = (obtained(&app, "ada").await, obtained(&app, "ada").await);
    let listed = ada.get("/api/me/sessions").await.with_status(200);
    let of = |pair: &super::Pair| -> Value {
        let sid = &claims(&pair.access)["sid"];
        let sessions = listed.body["sessions"].as_array().unwrap();
        sessions.iter().find(|session| session["id"] == *sid).unwrap().clone()
    };
    let session = of(&one);
    assert_eq!(session["expires_at"], session["created_at"].as_i64().unwrap() + 86_400);
    let path = format!("/api/me/sessions/{}", session["id"].as_str().unwrap());
    ada.send(reqwest::Method::DELETE, &path, None).await.with_status(204);
    not_valid(&refresh(&app, &one.refresh).await, "Token is blacklisted");
    me_with(&app, &one.access).await.refused(401, "session_ended");
    blacklist(&app, &two.refresh).await.with_status(200);
    not_valid(&refresh(&app, &two.refresh).await, "Token is blacklisted");
    // Whoever has a token of ours may end its session anywhere.
    let gone = obtained(&app, "ada").await;
    let body = json!({"refresh_token": gone.refresh});
    app.post("/api/auth/logout", &body).await.with_status(204);
    not_valid(&refresh(&app, &gone.refresh).await, "Token is blacklisted");
    let three = obtained(&app, "ada").await;
    change_password(&app, &ada.access).await;
    let words = "The user's password has been changed.";
    refused(&refresh(&app, &three.refresh).await, 401, words, "password_changed");
}

async fn sessions_go_on_as_they_began_when_the_mode_changes(rotating: TestApp) {
    let fixed = rotating.sibling_with(STATIC).await;
    let (ada, grace) = (newcomer(&rotating, "ada").await, newcomer(&fixed, "grace").await);
    let ada = pair(&refresh(&fixed, &ada.refresh).await.with_status(200));
    rotating.clock.advance(60);
    let ada = pair(&refresh(&fixed, &ada.refresh).await.with_status(200));
    refresh(&rotating, &ada.refresh).await.with_status(200);
    for _ in 0..3 {
        let answer = refresh(&rotating, &grace.refresh).await.with_status(200);
        assert!(answer.body.get("refresh").is_none());
        rotating.clock.advance(60);
    }
}

async fn the_two_claims_stay_with_the_session(app: TestApp) {
    let native = app.registered("ada").await;
    let made_here = obtained(&app, "ada").await;
    let id = user_id(&app, "ada").await;
    let next = pair(&refresh(&app, &made_here.refresh).await.with_status(200));
    let elsewhere = native.present(&next.refresh, json!({})).await.with_status(200);
    let elsewhere = claims(elsewhere.body["access_token"].as_str().unwrap());
    for claims in [claims(&next.access), elsewhere] {
        assert_eq!(claims["token_type"], "access");
        assert_eq!(claims["user_id"], id.as_str());
        assert_eq!(claims["sub"], id.as_str());
    }
    // And a session of the native endpoints does not get them here.
    let next = pair(&refresh(&app, &native.refresh).await.with_status(200));
    assert!(claims(&next.access).get("user_id").is_none());
    assert!(claims(&next.access).get("token_type").is_none());
}

async fn switched_off_nothing_is_there(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    let app = app.sibling_with(&["compat.simplejwt=off"]).await;
    for path in [OBTAIN, REFRESH, VERIFY, BLACKLIST] {
        app.post(path, &json!({"refresh": ada.refresh})).await.refused(404, "not_found");
        app.get(path).await.refused(404, "not_found");
    }
    me_with(&app, &ada.access).await.with_status(200);
    let body = json!({"refresh_token": ada.refresh});
    app.post("/api/auth/refresh", &body).await.with_status(200);
}

/// Rows 94–99: does not apply, because a token that renews itself cannot be told from a copy of it.
async fn there_are_no_sliding_tokens(app: TestApp) {
    for path in ["/api/token/sliding/", "/api/token/refresh/sliding/", "/api/token"] {
        app.post(path, &json!({})).await.refused(404, "not_found");
    }
}
