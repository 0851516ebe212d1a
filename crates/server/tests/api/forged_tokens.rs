use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, on_both};

on_both![forged_and_foreign_tokens_get_one_and_the_same_answer];

#[expect(clippy::too_many_lines, reason = "one list of forgeries, read from top to bottom")]
async fn forged_and_foreign_tokens_get_one_and_the_same_answer(app: TestApp) {
    let ada = app.registered("ada").await;
    let foreign = TestApp::on_sqlite(&[]).await;
    let other_service = foreign.registered("ada").await.access;
    let parts: Vec<&str> = ada.access.split('.').collect();
    let decoded = |index: usize| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[index]).unwrap()).unwrap()
    };
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let with = |mut value: Value, name: &str, new: Value| {
        value[name] = new;
        value
    };
    let mut tokens = vec![other_service, ada.refresh.clone()];
    for alg in ["none", "None", "NONE", "nOnE", "HS256", "RS256"] {
        let header = encode(&with(decoded(0), "alg", json!(alg)));
        tokens.push(format!("{header}.{}.", parts[1]));
        tokens.push(format!("{header}.{}.{}", parts[1], parts[2]));
        tokens.push(format!("{header}.{}", parts[1]));
    }
    for (name, value) in [
        ("sub", json!("somebody else")),
        ("roles", json!(["admin"])),
        ("exp", json!(9_999_999_999_i64)),
        ("aud", json!("https://other.example.org")),
    ] {
        let claims = encode(&with(decoded(1), name, value));
        tokens.push(format!("{}.{claims}.{}", parts[0], parts[2]));
    }
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("jku", json!("http://127.0.0.1:9/")),
        ("kid", json!("../../dev/null")),
    ] {
        tokens.push(format!(
            "{}.{}.{}",
            encode(&with(decoded(0), name, value)),
            parts[1],
            parts[2]
        ));
    }
    tokens.extend([format!("{}=", ada.access), format!("{}.x", ada.access), "a.b.c".to_owned()]);
    let mut answers = Vec::new();
    for token in tokens {
        let answer = app.request(Method::GET, "/api/me").bearer_auth(&token).send().await.unwrap();
        let mut answer = Answer::read(answer).await.refused(401, "invalid_token");
        answer.body["request_id"] = Value::Null;
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}
