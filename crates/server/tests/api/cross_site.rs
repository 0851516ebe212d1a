use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp, on_both};

on_both![
    a_request_of_another_site_changes_nothing,
    a_host_that_is_not_ours_is_not_answered_for,
    other_origins_may_call_only_when_named,
    scripts_of_a_named_origin_may_trace_and_see_when_to_try_again,
];

async fn a_request_of_another_site_changes_nothing(app: TestApp) {
    app.registered("ada").await;
    let login = json!({"login": "ada", "password": PASSWORD, "delivery": "cookie"});
    let good = app.post_from_page("/api/auth/login", "", &login).await.with_status(200);
    let cookie = good.cookies()[0].split(';').next().unwrap().to_owned();
    let register = json!({
        "email": "eve@example.org", "username": "eve", "password": PASSWORD, "delivery": "cookie",
    });
    let post = async |path: &str, body: &Value, headers: &[(&str, &str)]| {
        let mut request = app.request(Method::POST, path).header("cookie", &cookie).json(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::read(request.send().await.unwrap()).await
    };
    let host = app.url.strip_prefix("http://").unwrap();
    for headers in [
        &[][..],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", &format!("https://{host}"))],
        &[("origin", &format!("{}.evil.example", app.url))],
        &[("origin", &format!("{}/", app.url))],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
        &[("referer", &app.url)],
    ] {
        for (path, body) in [
            ("/api/auth/login", &login),
            ("/api/auth/register", &register),
            ("/api/auth/refresh", &json!({})),
            ("/api/auth/logout", &json!({})),
        ] {
            let answer = post(path, body, headers).await.refused(403, "cross_site");
            assert!(answer.cookies().is_empty(), "{path} {headers:?}");
        }
    }
    let form = app
        .request(Method::POST, "/api/auth/logout")
        .header("cookie", &cookie)
        .form(&[("refresh_token", "x")]);
    assert_eq!(form.send().await.unwrap().status(), 415);
    assert_eq!(app.store().users().await.unwrap().len(), 1);
    // Browsers without Origin on same-origin requests say so otherwise.
    post("/api/auth/refresh", &json!({}), &[("sec-fetch-site", "same-origin")])
        .await
        .with_status(200);
}

async fn a_host_that_is_not_ours_is_not_answered_for(app: TestApp) {
    for host in ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost"] {
        let request = app.request(Method::GET, "/api/auth/session").header("host", host);
        Answer::read(request.send().await.unwrap()).await.refused(421, "misdirected_request");
    }
    let request = app.request(Method::GET, "/healthz").header("host", "10.0.0.7:3000");
    assert_eq!(request.send().await.unwrap().status(), 200);
    let named = app.sibling_with(&["server.allowed_hosts=carnet.internal:3000"]).await;
    let request =
        named.request(Method::GET, "/api/auth/session").header("host", "Carnet.internal:3000");
    Answer::read(request.send().await.unwrap()).await.refused(401, "missing_token");
}

async fn other_origins_may_call_only_when_named(app: TestApp) {
    let named = app.sibling_with(&["server.allowed_origins=https://shop.example.org"]).await;
    for (server, origin, allowed) in [
        (&app, "https://shop.example.org", ""),
        (&named, "https://shop.example.org", "https://shop.example.org"),
        (&named, "https://shop.example.org.evil.example", ""),
        (&named, "http://shop.example.org", ""),
        (&named, "null", ""),
    ] {
        let request = server.request(Method::GET, "/api/me").header("origin", origin);
        let answer = Answer::read(request.send().await.unwrap()).await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        // A cache must know that another origin gets another answer, where one does.
        let varies = answer.header("vary").to_lowercase().contains("origin");
        assert_eq!(varies, std::ptr::eq(server, &named));
    }
}

async fn scripts_of_a_named_origin_may_trace_and_see_when_to_try_again(app: TestApp) {
    let named = app.sibling_with(&["server.allowed_origins=https://shop.example.org"]).await;
    let sends = "authorization,content-type,x-requested-with,traceparent,tracestate,baggage";
    let preflight = named
        .request(Method::OPTIONS, "/api/me")
        .header("origin", "https://shop.example.org")
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", sends);
    let answer = Answer::read(preflight.send().await.unwrap()).await.with_status(200);
    let allowed = answer.header("access-control-allow-headers").to_lowercase();
    for name in sends.split(',') {
        assert!(allowed.split(',').any(|one| one.trim() == name), "{name} in {allowed}");
    }
    let request =
        named.request(Method::GET, "/api/me").header("origin", "https://shop.example.org");
    let answer = Answer::read(request.send().await.unwrap()).await;
    let exposed = answer.header("access-control-expose-headers").to_lowercase();
    for name in ["retry-after", "x-request-id", "www-authenticate"] {
        assert!(exposed.split(',').any(|one| one.trim() == name), "{name} in {exposed}");
    }
}
