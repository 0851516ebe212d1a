use reqwest::Method;
use serde_json::json;

use crate::support::{TestApp, on_both};

on_both![
    a_person_sees_their_devices_this_one_first,
    one_device_can_be_signed_out,
    all_others_can_be_signed_out,
    somebody_else_s_session_is_not_there,
];

async fn a_person_sees_their_devices_this_one_first(app: TestApp) {
    let ada = app.registered("ada").await;
    app.clock.advance(60);
    let other = app.signed_in("ada").await;
    let answer = ada.get("/api/me/sessions").await.with_status(200);
    let sessions = answer.body["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[0]["id"], ada.session.as_str());
    assert_eq!(sessions[0]["current"], true);
    assert_eq!(sessions[0]["address"], "127.0.0.1");
    assert_eq!(sessions[1]["id"], other.session.as_str());
    assert_eq!(sessions[1]["current"], false);
    assert!(!answer.text.contains("secret") && !answer.text.contains("hash"));
}

async fn one_device_can_be_signed_out(app: TestApp) {
    let ada = app.registered("ada").await;
    let other = app.signed_in("ada").await;
    let path = format!("/api/me/sessions/{}", other.session);
    ada.send(Method::DELETE, &path, None).await.with_status(204);
    ada.send(Method::DELETE, &path, None).await.with_status(204);
    other.get("/api/me").await.refused(401, "session_ended");
    other.present(&other.refresh, json!({})).await.refused(401, "session_ended");
    ada.get("/api/me").await.with_status(200);
    let answer = ada.get("/api/me/sessions").await;
    let ended = &answer.body["sessions"][1];
    assert_eq!(
        (&ended["ended_because"], &ended["ended_at"]),
        (&json!("ended"), &json!(1_800_000_000))
    );
}

async fn all_others_can_be_signed_out(app: TestApp) {
    let ada = app.registered("ada").await;
    let others = [app.signed_in("ada").await, app.signed_in("ada").await];
    let grace = app.registered("grace").await;
    ada.send(Method::DELETE, "/api/me/sessions", None).await.with_status(204);
    for other in others {
        other.get("/api/me").await.refused(401, "session_ended");
    }
    ada.get("/api/me").await.with_status(200);
    grace.get("/api/me").await.with_status(200);
}

async fn somebody_else_s_session_is_not_there(app: TestApp) {
    let ada = app.registered("ada").await;
    let grace = app.registered("grace").await;
    for id in [&*grace.session, "00000000-0000-7000-8000-000000000000", "x", "..%2f", "%00"] {
        let path = format!("/api/me/sessions/{id}");
        ada.send(Method::DELETE, &path, None).await.refused(404, "not_found");
    }
    grace.get("/api/me").await.with_status(200);
}
