//! What is in a body that will not do, at each of the endpoints.

use reqwest::Method;
use serde_json::{Value, json};

use super::{BLACKLIST, OBTAIN, REFRESH, VERIFY, fields, refused};
use crate::support::{Answer, PASSWORD, TestApp, on_both};

on_both![
    a_text_that_is_none_is_said_to_be_none,
    a_body_that_is_no_object_is_said_to_be_none,
    only_post_with_json_or_a_form_is_taken,
    fields_that_nobody_asks_for_are_passed_over,
    a_null_character_is_refused_and_nothing_breaks,
    nothing_that_is_sent_brings_the_server_down,
];

const ENDPOINTS: [(&str, &str); 4] =
    [(OBTAIN, "username"), (REFRESH, "refresh"), (VERIFY, "token"), (BLACKLIST, "refresh")];

async fn send(app: &TestApp, path: &str, content_type: &str, body: &str) -> Answer {
    let request = app.request(Method::POST, path).header("content-type", content_type);
    Answer::read(request.body(body.to_owned()).send().await.unwrap()).await
}

async fn json(app: &TestApp, path: &str, body: &str) -> Answer {
    send(app, path, "application/json", body).await
}

/// Row 16: same.
async fn a_text_that_is_none_is_said_to_be_none(app: TestApp) {
    for (value, why) in [
        (json!(""), "This field may not be blank."),
        (json!("  "), "This field may not be blank."),
        (Value::Null, "This field may not be null."),
        (json!(["ada"]), "Not a valid string."),
        (json!({"a": 1}), "Not a valid string."),
        (json!(true), "Not a valid string."),
    ] {
        for (path, name) in ENDPOINTS {
            let answer = app.post(path, &json!({name: value, "password": PASSWORD})).await;
            fields(&answer, &json!({name: [why]}));
        }
    }
    let answer = app.post(OBTAIN, &json!({"username": "ada", "password": ""})).await;
    fields(&answer, &json!({"password": ["This field may not be blank."]}));
    // A bare number counts as its text, and is nobody's name.
    app.post(OBTAIN, &json!({"username": 7, "password": 7})).await.with_status(401);
    let answer =
        send(&app, OBTAIN, "application/x-www-form-urlencoded", "username=&password=").await;
    let blank = ["This field may not be blank."];
    fields(&answer, &json!({"username": blank, "password": blank}));
    let long = json!({"username": "a".repeat(255), "password": "a".repeat(1025)});
    let answer = app.post(OBTAIN, &long).await.with_status(400);
    assert_eq!(answer.body.as_object().unwrap().len(), 2);
}

/// Row 17: same.
async fn a_body_that_is_no_object_is_said_to_be_none(app: TestApp) {
    for (path, name) in ENDPOINTS {
        for (body, kind) in
            [("[]", "list"), ("\"x\"", "str"), ("true", "bool"), ("7", "int"), ("7.5", "float")]
        {
            let why = format!("Invalid data. Expected a dictionary, but got {kind}.");
            fields(&json(&app, path, body).await, &json!({"non_field_errors": [why]}));
        }
        let answer = json(&app, path, "null").await;
        fields(&answer, &json!({"non_field_errors": ["No data provided"]}));
        for body in ["{", "{} x", "{'a':1}", "NaN", "\u{feff}{}", &"[".repeat(5000)] {
            let answer = json(&app, path, body).await.with_status(400);
            assert_eq!(answer.body["code"], "parse_error");
            let detail = answer.body["detail"].as_str().unwrap();
            assert!(detail.starts_with("JSON parse error - "), "{detail}");
        }
        // Which of the two is meant is not to be guessed.
        let twice = format!(r#"{{"{name}":"a","{name}":"b","password":"c"}}"#);
        let answer = json(&app, path, &twice).await;
        let words = "JSON parse error - a key stands in it twice";
        refused(&answer, 400, words, "parse_error");
        let twice = format!("{name}=a&{name}=b");
        send(&app, path, "application/x-www-form-urlencoded", &twice).await.with_status(400);
        // No body is one without fields.
        let bare = app.request(Method::POST, path).send().await.unwrap();
        Answer::read(bare).await.with_status(400);
    }
}

/// Row 18: same.
async fn only_post_with_json_or_a_form_is_taken(app: TestApp) {
    app.registered("ada").await;
    for (path, _) in ENDPOINTS {
        for content_type in ["text/plain", "", "application/jsonx", "multipart/form-data"] {
            let answer = send(&app, path, content_type, "{}").await;
            let words = format!("Unsupported media type \"{content_type}\" in request.");
            refused(&answer, 415, &words, "unsupported_media_type");
        }
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
            let answer = app.request(method.clone(), path).send().await.unwrap();
            let answer = Answer::read(answer).await;
            let words = format!("Method \"{method}\" not allowed.");
            refused(&answer, 405, &words, "method_not_allowed");
            assert_eq!(answer.header("allow"), "POST, OPTIONS");
        }
        let head = app.request(Method::HEAD, path).send().await.unwrap();
        assert_eq!(head.status(), 405);
        assert_eq!(app.request(Method::OPTIONS, path).send().await.unwrap().status(), 200);
    }
    let form = "username=ada&password=the+kettle+is%20on+again";
    send(&app, OBTAIN, "application/x-www-form-urlencoded", form).await.with_status(200);
    let body = json!({"username": "ada", "password": PASSWORD}).to_string();
    send(&app, OBTAIN, "Application/JSON; charset=utf-8", &body).await.with_status(200);
    let large = json!({"username": "a".repeat(17_000)}).to_string();
    let answer = json(&app, OBTAIN, &large).await.with_status(413);
    assert_eq!(answer.body["code"], "payload_too_large");
}

/// Row 19: same.
async fn fields_that_nobody_asks_for_are_passed_over(app: TestApp) {
    app.registered("ada").await;
    let body =
        json!({"username": "ada", "password": PASSWORD, "remember": 7, "delivery": "cookie"});
    let answer = app.post(OBTAIN, &body).await.with_status(200);
    assert!(answer.cookies().is_empty() && answer.body["refresh"].is_string());
}

/// Row 23: same.
async fn a_null_character_is_refused_and_nothing_breaks(app: TestApp) {
    for (path, name) in ENDPOINTS {
        let answer = app.post(path, &json!({name: "a\0b", "password": PASSWORD})).await;
        fields(&answer, &json!({name: ["Null characters are not allowed."]}));
    }
    let answer = app.post(OBTAIN, &json!({"username": "ada", "password": "a\0b"})).await;
    fields(&answer, &json!({"password": ["Null characters are not allowed."]}));
}

/// Row 24: same.
async fn nothing_that_is_sent_brings_the_server_down(app: TestApp) {
    for text in
        ["' \" ; -- \\", "\u{202e}", "😀", "%00", "a.b.c", "crt_", "<script>", "a\r\nb: c", "\u{1}"]
    {
        for (path, name) in ENDPOINTS {
            // `fields` and `refused` look at the headers of every 400 and 401 of these tests.
            let answer = app.post(path, &json!({name: text, "password": text})).await;
            let detail = answer.body["detail"].as_str().unwrap().to_owned();
            let code = answer.body["code"].as_str().unwrap().to_owned();
            refused(&answer, 401, &detail, &code);
        }
    }
}
