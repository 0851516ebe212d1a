//! Pages as browsers without script meet them.

use reqwest::Method;

use crate::support::{Answer, PASSWORD, TestApp, on_both};

on_both![
    fields_that_an_extension_adds_to_a_form_are_passed_over,
    where_to_go_next_is_ascii_and_short,
    password_managers_find_the_page_with_the_password,
];

async fn send(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Answer {
    let request = app.request(Method::POST, path).header("origin", &app.url);
    Answer::read(request.form(fields).send().await.unwrap()).await
}

async fn fields_that_an_extension_adds_to_a_form_are_passed_over(app: TestApp) {
    app.registered("ada").await;
    let form = [
        ("form", "login"),
        ("login", "ada"),
        ("password", PASSWORD),
        ("x-extension", "1"),
        ("x-extension", "2"),
        ("delivery", "body"),
    ];
    let answer = send(&app, "/login", &form).await.with_status(303);
    // One cookie is the session's, the other lets the account know this browser again.
    assert_eq!((answer.header("location"), answer.cookies().len()), ("/profile", 2));
}

async fn where_to_go_next_is_ascii_and_short(app: TestApp) {
    app.registered("ada").await;
    let long = format!("/sessions?a={}", "é".repeat(1_500));
    for (next, location) in [
        ("/zoë?a=\u{202e}b", "/zo%C3%AB?a=%E2%80%AEb"),
        ("/a%20b", "/a%20b"),
        ("/a\"b<c>", "/a%22b%3Cc%3E"),
        (long.as_str(), "/profile"),
        ("//evil.example", "/profile"),
    ] {
        let form = [("form", "login"), ("login", "ada"), ("password", PASSWORD), ("next", next)];
        let answer = send(&app, "/login", &form).await.with_status(303);
        assert_eq!(answer.header("location"), location);
        assert!(answer.headers["location"].as_bytes().is_ascii());
    }
    let asked = format!("/sessions?a={}", "%C3%A9".repeat(1_000));
    let answer = app.get(&asked).await.with_status(303);
    assert_eq!(answer.header("location"), "/login");
    app.get("/login?next=%FF").await.with_status(200);
}

async fn password_managers_find_the_page_with_the_password(app: TestApp) {
    let answer = app.get("/.well-known/change-password").await.with_status(303);
    assert_eq!(answer.header("location"), "/profile");
}
