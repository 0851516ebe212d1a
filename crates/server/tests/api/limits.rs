use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Person, TestApp};

const ON: &[&str] = &["limits.enabled=true"];

#[tokio::test]
async fn the_sixth_wrong_password_waits_and_the_right_one_with_it() {
    let app = TestApp::on_sqlite(ON).await;
    app.registered("ada").await;
    let wrong = json!({"login": "ada", "password": "not the kettle at all"});
    for _ in 0..5 {
        app.post("/api/auth/login", &wrong).await.refused(401, "invalid_credentials");
    }
    let right = json!({"login": "ADA", "password": PASSWORD});
    let answer = app.post("/api/auth/login", &right).await.refused(429, "too_many_requests");
    assert_eq!(answer.header("retry-after"), "60");
    app.clock.advance(60);
    app.post("/api/auth/login", &right).await.with_status(200);
}

#[tokio::test]
async fn two_hundred_wrong_passwords_at_once_are_five() {
    let app = TestApp::on_sqlite(&["limits.enabled=true"]).await;
    app.registered("ada").await;
    let wrong = json!({"login": "ada", "password": "not the kettle at all"});
    let all = (0..200).map(|_| app.post("/api/auth/login", &wrong));
    let answers = futures::future::join_all(all).await;
    let looked_at = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(looked_at, 5);
    assert!(answers.iter().all(|answer| answer.status == 401 || answer.status == 429));
}

#[tokio::test]
async fn thirty_logins_a_minute_from_one_address_are_borne() {
    let app = TestApp::on_sqlite(ON).await;
    app.registered("ada").await;
    for _ in 0..30 {
        app.signed_in("ada").await;
    }
    let body = json!({"login": "grace", "password": PASSWORD});
    app.post("/api/auth/login", &body).await.refused(429, "too_many_requests");
}

fn login(login: &str, password: &str) -> Value {
    json!({"login": login, "password": password})
}

const WRONG: &str = "not the kettle at all";

#[tokio::test]
async fn five_wrong_passwords_are_five_whichever_name_is_used() {
    for app in [TestApp::on_sqlite(ON).await, TestApp::on_postgres(ON).await] {
        app.registered("ada").await;
        for name in ["ada", "ada@example.org", "ADA", "Ada@Example.org", "ada"] {
            app.post("/api/auth/login", &login(name, WRONG)).await.with_status(401);
        }
        for name in ["ada", "ada@example.org"] {
            let answer = app.post("/api/auth/login", &login(name, PASSWORD)).await;
            answer.refused(429, "too_many_requests");
        }
    }
}

#[tokio::test]
async fn a_name_that_nobody_has_is_refused_like_one_that_somebody_has() {
    let app = TestApp::on_sqlite(ON).await;
    app.registered("ada").await;
    let mut answers = Vec::new();
    for name in ["ada", "nobody"] {
        for _ in 0..7 {
            let answer = app.post("/api/auth/login", &login(name, WRONG)).await;
            let retry_after = answer.header("retry-after").to_owned();
            answers.push((answer.status.as_u16(), answer.body["code"].clone(), retry_after));
        }
    }
    assert_eq!(answers[..7], answers[7..]);
    assert_eq!((answers[4].0, answers[5].0), (401, 429));
}

#[tokio::test]
async fn an_id_that_is_typed_as_a_name_keeps_nobody_from_changing_their_password() {
    let app = TestApp::on_sqlite(ON).await;
    let ada = app.registered("ada").await;
    let id = ada.get("/api/me").await.body["id"].as_str().unwrap().to_owned();
    for _ in 0..6 {
        app.post("/api/auth/login", &login(&id, WRONG)).await;
        app.post("/api/auth/login", &login("ada", WRONG)).await;
    }
    let body = json!({"current_password": PASSWORD, "new_password": "a different kettle now"});
    ada.post("/api/me/password", &body).await.with_status(200);
}

#[tokio::test]
async fn a_clock_that_is_set_refills_no_bucket_and_keeps_nobody_out() {
    let app = TestApp::on_sqlite(ON).await;
    app.registered("ada").await;
    for _ in 0..5 {
        app.post("/api/auth/login", &login("ada", WRONG)).await.with_status(401);
    }
    for seconds in [3_600, -7_200] {
        app.clock.set_ahead(seconds);
        let answer = app.post("/api/auth/login", &login("ada", PASSWORD)).await;
        assert_eq!(answer.with_status(429).header("retry-after"), "60");
    }
    app.clock.advance(60);
    app.post("/api/auth/login", &login("ada", PASSWORD)).await.with_status(200);
}

/// Posts as a client with this address would, through the proxy that the tests are.
async fn post_from(app: &TestApp, address: &str, path: &str, body: &Value) -> Answer {
    let request = app.request(Method::POST, path).header("x-forwarded-for", address).json(body);
    Answer::read(request.send().await.unwrap()).await
}

const BEHIND_PROXY: &[&str] = &["limits.enabled=true", "server.trusted_proxies=127.0.0.1/32"];

#[tokio::test]
async fn a_flood_of_invented_names_from_one_address_leaves_everybody_else_alone() {
    let app = TestApp::on_sqlite(BEHIND_PROXY).await;
    for number in 0..10 {
        let registration = json!({
            "email": format!("user{number}@example.org"), "username": format!("user{number}"),
            "password": PASSWORD,
        });
        let address = format!("198.51.100.{number}");
        post_from(&app, &address, "/api/auth/register", &registration).await.with_status(201);
    }
    let mut refused = 0;
    for number in 0..300 {
        let name = format!("nobody{number}");
        let registration = json!({
            "email": format!("{name}@example.org"), "username": name, "password": PASSWORD,
        });
        for (path, body) in
            [("/api/auth/login", &login(&name, WRONG)), ("/api/auth/register", &registration)]
        {
            refused += u32::from(post_from(&app, "203.0.113.1", path, body).await.status == 429);
        }
    }
    assert!(refused >= 300 * 2 - 60, "{refused}");
    for number in 0..10 {
        let body = login(&format!("user{number}"), PASSWORD);
        let address = format!("198.51.100.{number}");
        post_from(&app, &address, "/api/auth/login", &body).await.with_status(200);
    }
}

#[tokio::test]
async fn an_ipv6_customer_is_limited_with_all_of_a_56() {
    let app = TestApp::on_sqlite(BEHIND_PROXY).await;
    let mut passed = 0;
    for number in 0..200 {
        let (address, name) = (format!("2001:db8:1:{number:x}::1"), format!("nobody{number}"));
        let answer = post_from(&app, &address, "/api/auth/login", &login(&name, WRONG)).await;
        passed += u32::from(answer.status == 401);
    }
    assert_eq!(passed, 120);
}

/// Every request by which somebody who is signed in changes something.
#[tokio::test]
async fn whatever_a_signed_in_user_changes_is_limited() {
    let app = TestApp::on_sqlite(ON).await;
    let ada = app.registered("ada").await;
    let other = app.signed_in("ada").await;
    let name = json!({"name": "Ada"});
    let nowhere = "/api/me/sessions/0190b5f2-0000-7000-8000-000000000000";
    let password = json!({"current_password": PASSWORD, "new_password": "a different kettle now"});
    for _ in 0..60 {
        ada.send(Method::DELETE, nowhere, None).await.refused(404, "not_found");
    }
    for (method, path, body) in [
        (Method::PATCH, "/api/me", Some(&name)),
        (Method::POST, "/api/me/password", Some(&password)),
        (Method::DELETE, "/api/me/sessions", None),
        (Method::DELETE, nowhere, None),
    ] {
        ada.send(method, path, body).await.refused(429, "too_many_requests");
    }
    // A session has a bucket of its own: a thief's keeps nobody from ending it.
    let theirs = format!("/api/me/sessions/{}", ada.session);
    other.send(Method::DELETE, &theirs, None).await.with_status(204);
}

#[tokio::test]
async fn a_name_is_changed_thirty_times_and_then_once_a_minute() {
    let app = TestApp::on_sqlite(ON).await;
    let people = [app.registered("ada").await, app.signed_in("ada").await];
    let rename = async |person: &Person<'_>| {
        person.send(Method::PATCH, "/api/me", Some(&json!({"name": "Ada"}))).await
    };
    for number in 0..30 {
        rename(&people[number % 2]).await.with_status(200);
    }
    for person in &people {
        rename(person).await.refused(429, "too_many_requests");
    }
    app.clock.advance(60);
    rename(&people[0]).await.with_status(200);
}

#[tokio::test]
async fn a_new_password_is_judged_ten_times_also_after_the_right_current_one() {
    let app = TestApp::on_sqlite(ON).await;
    let ada = app.registered("ada").await;
    let body = json!({"current_password": PASSWORD, "new_password": "passwordpassword"});
    for _ in 0..10 {
        let answer = ada.post("/api/me/password", &body).await.refused(422, "invalid_fields");
        assert_eq!(answer.field_errors(), [("new_password", "too_easy")]);
    }
    ada.post("/api/me/password", &body).await.refused(429, "too_many_requests");
}

#[tokio::test]
async fn a_token_of_a_session_is_signed_out_twenty_times_and_then_refused() {
    let app = TestApp::on_sqlite(ON).await;
    let ada = app.registered("ada").await;
    let body = json!({"refresh_token": ada.refresh});
    for _ in 0..20 {
        app.post("/api/auth/logout", &body).await.with_status(204);
    }
    app.post("/api/auth/logout", &body).await.refused(429, "too_many_requests");
    app.post("/api/auth/revoke", &json!({"token": ada.refresh})).await.with_status(429);
}

#[tokio::test]
async fn a_network_is_told_of_ten_taken_addresses_and_then_nothing() {
    let app = TestApp::on_sqlite(BEHIND_PROXY).await;
    let register = async |address: &str, email: &str, username: &str| {
        let body = json!({"email": email, "username": username, "password": PASSWORD});
        post_from(&app, address, "/api/auth/register", &body).await
    };
    for number in 0..10 {
        let name = format!("user{number}");
        let address = format!("198.51.100.{number}");
        register(&address, &format!("{name}@example.org"), &name).await.with_status(201);
    }
    for number in 0..10 {
        let email = format!("user{number}@example.org");
        let answer = register("203.0.113.1", &email, &format!("guess{number}")).await;
        assert_eq!(answer.refused(409, "taken").field_errors(), [("email", "taken")]);
    }
    // Whether the address is taken or not.
    for email in ["user1@example.org", "nobody@example.org"] {
        let answer = register("203.0.113.1", email, "guess").await;
        answer.refused(429, "too_many_requests");
    }
    register("203.0.113.2", "grace@example.org", "grace").await.with_status(201);
}

#[tokio::test]
async fn registering_and_refreshing_are_limited_too() {
    let app = TestApp::on_sqlite(ON).await;
    let ada = app.registered("ada").await;
    let taken = json!({"email": "ada@example.org", "username": "ada", "password": PASSWORD});
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(app.post("/api/auth/register", &taken).await.status.as_u16());
    }
    assert_eq!(statuses, [409, 409, 409, 409, 429, 429]);
    let mut last = 200;
    for _ in 0..61 {
        let body = json!({"refresh_token": ada.refresh});
        last = app.post("/api/auth/refresh", &body).await.status.as_u16();
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn changing_the_password_is_limited_like_signing_in() {
    let app = TestApp::on_sqlite(ON).await;
    let ada = app.registered("ada").await;
    let body = json!({"current_password": "not the kettle at all", "new_password": "a different kettle now"});
    for _ in 0..5 {
        ada.post("/api/me/password", &body).await.refused(422, "invalid_fields");
    }
    ada.post("/api/me/password", &body).await.refused(429, "too_many_requests");
}
