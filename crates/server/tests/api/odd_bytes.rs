//! Bytes that are no ASCII, or no UTF-8, where other apps, people and attackers put them.

use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::json;

use crate::support::{Answer, PASSWORD, TestApp, on_both};

on_both![
    cookies_of_other_apps_change_nothing_for_who_signs_in_and_out,
    a_cookie_that_somebody_planted_takes_nobody_over_and_signs_nobody_out,
    what_is_no_utf_8_is_no_password_and_no_token,
    odd_bytes_in_any_header_hide_nothing_else_in_it,
    a_compressed_body_is_not_taken,
];

/// The same cookie as UTF-8 and as Latin-1.
const CITIES: [&[u8]; 2] = ["city=Zürich".as_bytes(), b"city=Z\xfcrich"];

async fn from_page(app: &TestApp, path: &str, cookies: &[u8], body: &serde_json::Value) -> Answer {
    let cookies = HeaderValue::from_bytes(cookies).unwrap();
    let request = app.request(Method::POST, path).header("origin", &app.url);
    Answer::read(request.header("cookie", cookies).json(body).send().await.unwrap()).await
}

/// The cookies of a browser after this answer, beside those of another app.
fn with(other: &[u8], answer: &Answer) -> Vec<u8> {
    let own = answer.cookies()[0].split(';').next().unwrap().to_owned();
    [other, b"; ", own.as_bytes()].concat()
}

async fn cookies_of_other_apps_change_nothing_for_who_signs_in_and_out(app: TestApp) {
    let ada = app.registered("ada").await;
    let login = json!({"login": "ada", "password": PASSWORD, "delivery": "cookie"});
    let nothing = json!({});
    for city in CITIES {
        let first = from_page(&app, "/api/auth/login", city, &login).await.with_status(200);
        let again =
            from_page(&app, "/api/auth/login", &with(city, &first), &login).await.with_status(200);
        let refreshed = from_page(&app, "/api/auth/refresh", &with(city, &again), &nothing).await;
        let refreshed = refreshed.with_status(200);
        let access = refreshed.body["access_token"].as_str().unwrap();
        let out = from_page(&app, "/api/auth/logout", &with(city, &refreshed), &nothing).await;
        out.with_status(204);
        app.get_with("/api/me", access).await.refused(401, "session_ended");
    }
    // Every session but the one with which they registered has ended.
    let sessions = ada.get("/api/me/sessions").await.with_status(200);
    let sessions = sessions.body["sessions"].as_array().unwrap().clone();
    assert_eq!(sessions.len(), 5);
    assert_eq!(sessions.iter().filter(|session| session["ended_at"].is_null()).count(), 1);
}

async fn a_cookie_that_somebody_planted_takes_nobody_over_and_signs_nobody_out(app: TestApp) {
    app.registered("ada").await;
    app.registered("eve").await;
    let sign_in = async |login: &str| {
        let body = json!({"login": login, "password": PASSWORD, "delivery": "cookie"});
        from_page(&app, "/api/auth/login", b"", &body).await.with_status(200)
    };
    let (ada, eve) = (sign_in("ada").await, sign_in("eve").await);
    let pair = |answer: &Answer| answer.cookies()[0].split(';').next().unwrap().to_owned();
    let name = pair(&ada).split('=').next().unwrap().to_owned();
    // Junk is passed over, before and after.
    let nothing = json!({});
    let beside = format!("{name}=junk; {}; {name}=", pair(&ada));
    let ada =
        from_page(&app, "/api/auth/refresh", beside.as_bytes(), &nothing).await.with_status(200);
    // Whose of two tokens is meant nobody can say; in no order is anybody somebody else.
    for both in [[&eve, &ada], [&ada, &eve]] {
        let both = both.map(pair).join("; ");
        let answer = from_page(&app, "/api/auth/refresh", both.as_bytes(), &nothing).await;
        let answer = answer.refused(401, "invalid_refresh_token");
        assert!(answer.cookies().is_empty());
    }
    let both = [&eve, &ada].map(pair).join("; ");
    from_page(&app, "/api/auth/logout", both.as_bytes(), &nothing).await.with_status(204);
    for one in [&ada, &eve] {
        let access = one.body["access_token"].as_str().unwrap();
        app.get_with("/api/me", access).await.refused(401, "session_ended");
    }
}

async fn what_is_no_utf_8_is_no_password_and_no_token(app: TestApp) {
    app.registered("ada").await;
    let post = async |path: &str, body: Vec<u8>| {
        let request = app.request(Method::POST, path).header("origin", &app.url);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        Answer::read(request.body(body).send().await.unwrap()).await
    };
    for bytes in [&b"%FF"[..], b"\xff", b"%C3", b"\xed\xa0\x80"] {
        let field = |name: &str| [name.as_bytes(), b"=", bytes].concat();
        post("/api/auth/revoke", field("token")).await.refused(400, "malformed_request");
        let answer = post("/api/token/", [b"username=ada&", &field("password")[..]].concat()).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!("parse_error")));
        #[cfg(feature = "ssr")]
        {
            let sent = [b"form=login&login=ada&", &field("password")[..]].concat();
            post("/login", sent).await.refused(400, "malformed_request");
            let odd = [b"form=login&login=ada&password=x&", bytes, b"=1"].concat();
            post("/login", odd).await.refused(400, "malformed_request");
        }
    }
}

async fn odd_bytes_in_any_header_hide_nothing_else_in_it(app: TestApp) {
    let ada = app.registered("ada").await;
    let odd = |text: &[u8]| HeaderValue::from_bytes(text).unwrap();
    let body = r#"{"login":"ada","password":"the kettle is on again"}"#;
    let login = app.request(Method::POST, "/api/auth/login").body(body);
    let login = login.header("content-type", odd(b"application/json; charset=\xfc"));
    Answer::read(login.send().await.unwrap()).await.with_status(200);
    for name in ["user-agent", "accept-language", "x-forwarded-for", "forwarded", "accept"] {
        let request = app.request(Method::GET, "/api/me").bearer_auth(&ada.access);
        let answer = request.header(name, odd("Zürich, \u{fffd}".as_bytes())).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{name}");
    }
    let request = app.request(Method::GET, "/api/me").header("authorization", odd(b"Bearer \xfc"));
    Answer::read(request.send().await.unwrap()).await.refused(401, "invalid_token");
    let request = app.request(Method::GET, "/api/me").header("host", odd(b"\xfc.test"));
    Answer::read(request.send().await.unwrap()).await.refused(400, "malformed_request");
}

async fn a_compressed_body_is_not_taken(app: TestApp) {
    for (encoding, status) in
        [("gzip", 415), ("br", 415), ("identity", 422), ("gzip, identity", 415)]
    {
        for path in ["/api/auth/login", "/api/auth/register"] {
            let request = app.request(Method::POST, path).header("content-encoding", encoding);
            let answer = request.json(&json!({})).send().await.unwrap();
            assert_eq!(answer.status(), status, "{path} {encoding}");
        }
        let request = app.request(Method::POST, "/api/token/").header("content-encoding", encoding);
        let answer = request.json(&json!({"username": 1})).send().await.unwrap();
        assert_eq!(answer.status() == 415, status == 415, "{encoding}");
    }
}
