use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_shared::Secret;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp, on_both};

on_both![
    email_or_username_in_any_case_signs_in,
    an_unknown_account_a_disabled_one_and_a_wrong_password_get_the_same_answer,
    every_login_is_a_session_of_its_own,
    a_login_takes_nothing_over_from_the_session_before,
    the_twenty_first_session_ends_the_oldest,
    a_new_session_is_never_the_one_too_many,
    a_session_that_is_not_to_be_remembered_rests_for_half_a_day,
    a_resource_must_be_one_that_the_settings_name,
    the_costs_of_older_hashes_are_known,
];

async fn email_or_username_in_any_case_signs_in(app: TestApp) {
    app.registered("ada").await;
    for login in ["ada", "ADA", " ada ", "ada@example.org", "Ada@Example.Org"] {
        let body = json!({"login": login, "password": PASSWORD});
        let answer = app.post("/api/auth/login", &body).await.with_status(200);
        assert_eq!(answer.body["user"]["username"], "ada");
        assert!(answer.cookies().is_empty());
    }
}

async fn an_unknown_account_a_disabled_one_and_a_wrong_password_get_the_same_answer(app: TestApp) {
    app.registered("ada").await;
    app.registered("grace").await;
    let grace = app.store().user_by_login("grace").await.unwrap().unwrap();
    app.store().disable_user(&grace.id, 0).await.unwrap();
    let same = |mut answer: Answer| {
        answer.body["request_id"] = Value::Null;
        answer.headers.remove("x-request-id");
        answer.headers.remove("date");
        (answer.body, answer.headers)
    };
    let attempt = async |login: &str, password: &str| {
        let body = json!({"login": login, "password": password});
        same(app.post("/api/auth/login", &body).await.refused(401, "invalid_credentials"))
    };
    let wrong = attempt("ada", "not the kettle at all").await;
    assert_eq!(attempt("nobody", PASSWORD).await, wrong);
    assert_eq!(attempt("grace", PASSWORD).await, wrong);
    assert_eq!(attempt("' OR 1=1 --", PASSWORD).await, wrong);
    assert_eq!(attempt("ada", &format!("{PASSWORD} ")).await, wrong);
}

async fn the_costs_of_older_hashes_are_known(app: TestApp) {
    app.registered("ada").await;
    app.registered("grace").await;
    let dearer = app.sibling_with(&["passwords.memory_kib=16"]).await;
    dearer.registered("eve").await;
    let mut costs = dearer.store().password_costs().await.unwrap();
    costs.sort();
    let cost = |memory_kib| format!("$argon2id$v=19$m={memory_kib},t=1,p=1$");
    assert_eq!(costs, [cost(16), cost(8)]);
    // Whoever signs in gets the present cost.
    for username in ["ada", "grace"] {
        dearer.signed_in(username).await;
    }
    assert_eq!(dearer.store().password_costs().await.unwrap(), [cost(16)]);
}

async fn every_login_is_a_session_of_its_own(app: TestApp) {
    let one = app.registered("ada").await;
    let two = app.signed_in("ada").await;
    assert_ne!(one.session, two.session);
    assert_ne!(one.refresh, two.refresh);
    one.get("/api/me").await.with_status(200);
    two.get("/api/me").await.with_status(200);
}

/// Whoever planted a session in a browser must not find its next owner in it.
async fn a_login_takes_nothing_over_from_the_session_before(app: TestApp) {
    let planted = app.registered("mallory").await;
    app.registered("ada").await;
    let body = json!({"login": "ada", "password": PASSWORD, "delivery": "cookie"});
    let mut cookie = String::new();
    let mut seen = std::collections::HashSet::from([planted.session.clone()]);
    for _ in 0..4 {
        let answer = app.post_from_page("/api/auth/login", &cookie, &body).await.with_status(200);
        let claims = answer.body["access_token"].as_str().unwrap().split('.').nth(1).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(claims).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["sid"], answer.body["session"]["id"]);
        let next = answer.cookies()[0].split(';').next().unwrap().to_owned();
        for new in [claims["sid"].as_str().unwrap(), claims["jti"].as_str().unwrap(), &next] {
            assert!(seen.insert(new.to_owned()), "{new} was there before");
        }
        cookie = next;
    }
    let mut body = body;
    body["refresh_token"] = json!(planted.refresh);
    app.post("/api/auth/login", &body).await.refused(422, "invalid_fields");
    planted.present(&planted.refresh, json!({})).await.with_status(200);
}

async fn the_twenty_first_session_ends_the_oldest(app: TestApp) {
    let mut first = app.registered("ada").await;
    for _ in 0..19 {
        app.clock.advance(1);
        app.signed_in("ada").await;
    }
    first.refreshed().await;
    app.clock.advance(1);
    let last = app.signed_in("ada").await;
    first.present(&first.refresh, json!({})).await.refused(401, "session_ended");
    first.get("/api/me").await.refused(401, "session_ended");
    last.get("/api/me").await.with_status(200);
}

/// As when the clock was set back since the others began.
async fn a_new_session_is_never_the_one_too_many(app: TestApp) {
    app.registered("ada").await;
    for _ in 0..25 {
        app.clock.advance(-60);
        let ada = app.signed_in("ada").await;
        ada.present(&ada.refresh, json!({})).await.with_status(200);
    }
}

async fn a_session_that_is_not_to_be_remembered_rests_for_half_a_day(app: TestApp) {
    app.registered("ada").await;
    let body = json!({"login": "ada", "password": PASSWORD, "remember": false});
    let answer = app.post("/api/auth/login", &body).await.with_status(200);
    assert_eq!(answer.body["refresh_expires_in"], 12 * 3600);
    app.clock.advance(12 * 3600);
    let token = answer.body["refresh_token"].as_str().unwrap();
    let body = json!({"refresh_token": token});
    app.post("/api/auth/refresh", &body).await.refused(401, "session_expired");
}

async fn a_resource_must_be_one_that_the_settings_name(app: TestApp) {
    app.registered("ada").await;
    let body =
        json!({"login": "ada", "password": PASSWORD, "resource": "https://files.example.org"});
    let answer = app.post("/api/auth/login", &body).await.refused(422, "invalid_fields");
    assert_eq!(answer.field_errors(), [("resource", "not_allowed")]);

    let app = app.sibling_with(&["tokens.resources=https://files.example.org"]).await;
    let answer = app.post("/api/auth/login", &body).await.with_status(200);
    let token = answer.body["access_token"].as_str().unwrap();
    // A service that was shown this token cannot use it on the account.
    let answer = app.request(reqwest::Method::GET, "/api/me").bearer_auth(token).send().await;
    Answer::read(answer.unwrap()).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn a_hash_of_another_cost_is_renewed_at_the_next_login() {
    let app = TestApp::on_sqlite(&[]).await;
    app.registered("ada").await;
    let hash = async |app: &TestApp| -> Secret {
        app.store().credentials("ada").await.unwrap().unwrap().password_hash
    };
    assert!(hash(&app).await.expose().contains("$m=8,t=1,p=1$"));
    let dearer = app.sibling_with(&["passwords.memory_kib=16"]).await;
    dearer.signed_in("ada").await;
    assert!(hash(&app).await.expose().contains("$m=16,t=1,p=1$"));
    dearer.signed_in("ada").await;
}
