//! E-mail addresses whose domain is written in other letters than ASCII.

use serde_json::json;

use crate::support::{PASSWORD, TestApp, on_both};

on_both![an_internationalised_address_is_one_account_however_it_is_spelled];

/// As Chromium sends what is typed into `<input type=email>`.
const ENCODED: &str = "ada@xn--bcher-kva.example";
const SPELLINGS: [&str; 4] =
    [ENCODED, "ada@bücher.example", "ADA@BÜCHER.example", "ada@bu\u{308}cher.example"];

async fn an_internationalised_address_is_one_account_however_it_is_spelled(app: TestApp) {
    for (first, username) in [(ENCODED, "ada"), ("eve@bücher.example", "eve")] {
        let body = json!({"email": first, "username": username, "password": PASSWORD});
        let answer = app.post("/api/auth/register", &body).await.with_status(201);
        let stored = answer.body["user"]["email"].as_str().unwrap();
        assert!(stored.ends_with("@xn--bcher-kva.example"), "{stored}");
        for spelling in SPELLINGS {
            let login = spelling.replace("ada", username).replace("ADA", username);
            let body = json!({"login": login, "password": PASSWORD});
            app.post("/api/auth/login", &body).await.with_status(200);
            let body = json!({"email": login, "username": "other", "password": PASSWORD});
            app.post("/api/auth/register", &body).await.refused(409, "taken");
        }
    }
}
