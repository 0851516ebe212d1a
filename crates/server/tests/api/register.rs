use serde_json::json;

use crate::support::{PASSWORD, TestApp, on_both};

on_both![
    registering_makes_an_account_and_signs_it_in,
    a_taken_email_or_username_is_named_at_its_field_in_any_case,
    that_an_address_is_taken_is_recorded_for_its_account,
    every_field_that_will_not_do_is_named_at_once,
    nobody_makes_themselves_an_operator,
    an_easy_password_is_refused_without_rules_about_signs,
    of_ten_who_want_one_name_at_once_one_gets_it,
];

async fn registering_makes_an_account_and_signs_it_in(app: TestApp) {
    let body = json!({
        "email": " Ada@Example.org", "username": "Ada.Lovelace", "name": "Ada Lovelace",
        "password": PASSWORD,
    });
    let answer = app.post("/api/auth/register", &body).await.with_status(201);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.body["token_type"], "Bearer");
    assert_eq!(answer.body["expires_in"], 300);
    assert_eq!(answer.body["refresh_expires_in"], 30 * 86_400);
    assert_eq!(answer.body["server_time"], 1_800_000_000);
    let user = &answer.body["user"];
    assert_eq!(user["email"], "ada@example.org");
    assert_eq!(user["username"], "ada.lovelace");
    assert_eq!(user["name"], "Ada Lovelace");
    assert_eq!(user["roles"], json!(["user"]));
    assert_eq!(user["attributes"], json!({}));
    assert!(!answer.text.contains("argon2") && !answer.text.contains(PASSWORD));
    let me = app.signed_in("ADA.lovelace").await.get("/api/me").await.with_status(200);
    assert_eq!(me.body, *user);
}

async fn a_taken_email_or_username_is_named_at_its_field_in_any_case(app: TestApp) {
    app.registered("ada").await;
    for (email, username, errors) in [
        ("ADA@example.ORG", "grace", vec![("email", "taken")]),
        ("grace@example.org", "Ada", vec![("username", "taken")]),
        // That the address has an account as well is not said.
        ("ada@example.org", "ada", vec![("username", "taken")]),
        ("grace@example.org", "ada", vec![("username", "taken")]),
    ] {
        let body = json!({"email": email, "username": username, "password": PASSWORD});
        let answer = app.post("/api/auth/register", &body).await.refused(409, "taken");
        assert_eq!(answer.field_errors(), errors);
    }
}

async fn that_an_address_is_taken_is_recorded_for_its_account(app: TestApp) {
    let ada = app.registered("ada").await;
    let id = ada.get("/api/me").await.body["id"].as_str().unwrap().to_owned();
    for username in ["ada", "grace"] {
        let body = json!({"email": "ada@example.org", "username": username, "password": PASSWORD});
        app.post("/api/auth/register", &body).await.refused(409, "taken");
    }
    let events = app.events().await;
    let told = events.iter().filter(|event| event.kind == "registration_refused");
    let mut fields: Vec<&str> = told.clone().map(|event| event.detail.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["email", "username"]);
    assert!(told.clone().all(|event| event.user_id.as_ref() == Some(&id)));
}

async fn every_field_that_will_not_do_is_named_at_once(app: TestApp) {
    let body = json!({
        "email": "ada", "username": "a", "name": "A\u{0}da", "password": "short", "remember": 1,
        "delivery": "pigeon", "colour": "green",
    });
    let answer = app.post("/api/auth/register", &body).await.refused(422, "invalid_fields");
    assert_eq!(
        answer.field_errors(),
        [
            ("email", "invalid"),
            ("username", "too_short"),
            ("name", "invalid"),
            ("password", "too_short"),
            ("remember", "wrong_type"),
            ("delivery", "invalid"),
            ("colour", "unknown"),
        ]
    );
}

async fn nobody_makes_themselves_an_operator(app: TestApp) {
    for (field, value) in [
        ("roles", json!(["admin"])),
        ("role", json!("admin")),
        ("is_admin", json!(true)),
        ("id", json!("1")),
        ("attributes", json!({"plan": "gold"})),
    ] {
        let mut body = json!({"email": "ada@example.org", "username": "ada", "password": PASSWORD});
        body[field] = value;
        let answer = app.post("/api/auth/register", &body).await.refused(422, "invalid_fields");
        assert_eq!(answer.field_errors(), [(field, "unknown")]);
    }
    assert!(app.store().users().await.unwrap().is_empty());
}

async fn an_easy_password_is_refused_without_rules_about_signs(app: TestApp) {
    for password in ["passwordpassword", "aaaaaaaaaaaaaaaa", "ada.lovelace.ada", "1234567890123456"]
    {
        let body =
            json!({"email": "a@example.org", "username": "ada.lovelace", "password": password});
        let answer = app.post("/api/auth/register", &body).await.refused(422, "invalid_fields");
        assert_eq!(answer.field_errors(), [("password", "too_easy")], "{password}");
    }
    let long = "naïve café owners rarely pour a second coffee before sunrise ☕, do they";
    for (username, password) in [("ada", "correct horse battery"), ("grace", long)] {
        let body = json!({
            "email": format!("{username}@example.org"), "username": username, "password": password,
        });
        app.post("/api/auth/register", &body).await.with_status(201);
    }
}

async fn of_ten_who_want_one_name_at_once_one_gets_it(app: TestApp) {
    let body = json!({"email": "ada@example.org", "username": "ada", "password": PASSWORD});
    let all = (0..10).map(|_| app.post("/api/auth/register", &body));
    let answers = futures::future::join_all(all).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        answer.refused(409, "taken");
    }
}

#[tokio::test]
async fn a_closed_registration_makes_no_account() {
    let app = TestApp::on_sqlite(&["server.registration=closed"]).await;
    let body = json!({"email": "ada@example.org", "username": "ada", "password": PASSWORD});
    app.post("/api/auth/register", &body).await.refused(403, "registration_closed");
    assert!(app.store().users().await.unwrap().is_empty());
}
