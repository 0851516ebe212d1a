use carnet_shared::MAX_TOKEN_LENGTH;
use serde_json::json;

use crate::support::{TestApp, on_both};

on_both![
    a_refresh_token_and_an_access_token_each_end_their_session,
    an_outdated_an_expired_and_a_long_token_end_their_session,
    junk_gets_the_same_answer,
];

const REVOKE: &str = "/api/auth/revoke";

async fn a_refresh_token_and_an_access_token_each_end_their_session(app: TestApp) {
    app.registered("ada").await;
    let app = app.sibling_with(&["tokens.resources=https://shop.test"]).await;
    for kind in ["refresh", "access", "for a service", "json"] {
        let mut ada = app.signed_in("ada").await;
        if kind == "for a service" {
            let body = json!({"resource": "https://shop.test"});
            let answer = ada.present(&ada.refresh, body).await.with_status(200);
            ada.access = answer.body["access_token"].as_str().unwrap().to_owned();
            ada.refresh = answer.body["refresh_token"].as_str().unwrap().to_owned();
        }
        let token = if kind == "refresh" { &ada.refresh } else { &ada.access };
        let answer = if kind == "json" {
            app.post(REVOKE, &json!({"token": token})).await
        } else {
            let fields = [("token", token.as_str()), ("token_type_hint", "nonsense"), ("x", "y")];
            app.post_form(REVOKE, &fields).await
        };
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""), "{kind}");
        ada.present(&ada.refresh, json!({})).await.refused(401, "session_ended");
        if kind != "for a service" {
            ada.get("/api/me").await.refused(401, "session_ended");
        }
        app.post_form(REVOKE, &[("token", token)]).await.with_status(200);
    }
}

async fn an_outdated_an_expired_and_a_long_token_end_their_session(app: TestApp) {
    for kind in ["outdated", "expired", "long"] {
        let mut ada = app.registered(kind).await;
        let mut user = app.store().user_by_login(kind).await.unwrap().unwrap().user().unwrap();
        match kind {
            "outdated" => user.roles.push("editor".to_owned()),
            "long" => user.roles.extend((0..60).map(|role| format!("{role:x>60}"))),
            _ => app.clock.advance(301),
        }
        app.store().update_user(&user).await.unwrap();
        if kind == "long" {
            ada.refreshed().await;
            assert!(ada.access.len() > 4096);
        } else {
            assert!(app.soon_refuses(&ada.access).await);
        }
        app.post_form(REVOKE, &[("token", &ada.access)]).await.with_status(200);
        ada.present(&ada.refresh, json!({})).await.refused(401, "session_ended");
    }
}

async fn junk_gets_the_same_answer(app: TestApp) {
    for token in ["junk", "crt_", "a.b.c", "\u{0}", "ü"] {
        let answer = app.post_form(REVOKE, &[("token", token)]).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""), "{token:?}");
    }
    app.post_form(REVOKE, &[]).await.refused(422, "invalid_fields");
    app.post_form(REVOKE, &[("token", "a"), ("token", "b")])
        .await
        .refused(400, "malformed_request");
    app.post_form(REVOKE, &[("token", &"x".repeat(MAX_TOKEN_LENGTH + 1))])
        .await
        .refused(422, "invalid_fields");
}
