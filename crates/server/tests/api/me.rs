use reqwest::Method;
use serde_json::json;

use crate::support::{TestApp, on_both};

on_both![a_person_changes_their_name_and_nothing_else, a_deleted_account_is_gone_at_once];

async fn a_person_changes_their_name_and_nothing_else(app: TestApp) {
    let ada = app.registered("ada").await;
    let body = json!({"name": "  Augusta Ada King 🎩 "});
    let answer = ada.send(Method::PATCH, "/api/me", Some(&body)).await.with_status(200);
    assert_eq!(answer.body["name"], "Augusta Ada King 🎩");
    assert_eq!(ada.get("/api/me").await.body["name"], "Augusta Ada King 🎩");
    for (body, error) in [
        (json!({}), ("name", "missing")),
        (json!({"name": null}), ("name", "missing")),
        (json!({"name": ["x"]}), ("name", "wrong_type")),
        (json!({"name": "x".repeat(101)}), ("name", "too_long")),
        (json!({"name": "a\u{0}b"}), ("name", "invalid")),
        (json!({"name": "Ada", "email": "eve@example.org"}), ("email", "unknown")),
        (json!({"name": "Ada", "roles": ["admin"]}), ("roles", "unknown")),
    ] {
        let answer = ada.send(Method::PATCH, "/api/me", Some(&body)).await;
        assert_eq!(answer.refused(422, "invalid_fields").field_errors(), [error]);
    }
    let me = ada.get("/api/me").await;
    assert_eq!(
        (&me.body["email"], &me.body["roles"]),
        (&json!("ada@example.org"), &json!(["user"]))
    );
    // The name may be taken back.
    let body = json!({"name": ""});
    assert_eq!(ada.send(Method::PATCH, "/api/me", Some(&body)).await.body["name"], "");
}

async fn a_deleted_account_is_gone_at_once(app: TestApp) {
    let ada = app.registered("ada").await;
    let user = app.store().user_by_login("ada").await.unwrap().unwrap();
    app.store().delete_user(&user.id, 0).await.unwrap();
    ada.get("/api/me").await.refused(401, "invalid_token");
    ada.present(&ada.refresh, json!({})).await.refused(401, "invalid_refresh_token");
}
