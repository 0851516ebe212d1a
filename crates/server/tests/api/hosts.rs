//! Under which names the server answers, and what.

use reqwest::Method;

use crate::support::{Answer, TestApp};

const PUBLIC: &str = "https://id.example.org";

async fn app() -> TestApp {
    let public = format!("server.public_url={PUBLIC}");
    TestApp::on_sqlite(&[&public, "server.allowed_hosts=carnet.internal,10.0.0.7:3000"]).await
}

async fn ask(app: &TestApp, method: Method, host: &str, path: &str) -> Answer {
    Answer::read(app.request(method, path).header("host", host).send().await.unwrap()).await
}

#[tokio::test]
async fn the_ports_that_browsers_leave_out_may_be_written() {
    let app = app().await;
    for host in [
        "id.example.org",
        "id.example.org:443",
        "ID.EXAMPLE.org",
        "carnet.internal",
        "carnet.internal:80",
        "carnet.internal:443",
        "10.0.0.7:3000",
    ] {
        let answer = ask(&app, Method::GET, host, "/api/me").await;
        answer.refused(401, "missing_token");
    }
    for host in [
        "id.example.org:80",
        "id.example.org:8443",
        "10.0.0.7",
        "carnet.internal:3000",
        "evil.test",
    ] {
        let answer = ask(&app, Method::GET, host, "/api/me").await;
        answer.refused(421, "misdirected_request");
    }
}

#[tokio::test]
async fn two_hosts_or_none_that_can_be_read_are_malformed() {
    let app = app().await;
    for path in ["/api/me", "/healthz"] {
        let request = app.request(Method::GET, path).header("host", "id.example.org");
        let request = request.header("host", "evil.test");
        Answer::read(request.send().await.unwrap()).await.refused(400, "malformed_request");
    }
    for host in ["a b", "user@id.example.org", "id.example.org:x", "%69d.example.org"] {
        ask(&app, Method::GET, host, "/api/me").await.refused(400, "malformed_request");
    }
}

#[cfg(feature = "ssr")]
#[tokio::test]
async fn pages_of_another_name_lead_to_the_public_one_where_people_can_sign_in() {
    let app = app().await;
    for path in ["/", "/login?next=/sessions", "//evil.test/x", "/nowhere?a=%C3%A9"] {
        for method in [Method::GET, Method::HEAD] {
            let answer = ask(&app, method, "carnet.internal", path).await.with_status(302);
            assert_eq!(answer.header("location"), format!("{PUBLIC}{path}"));
        }
    }
    ask(&app, Method::GET, "id.example.org", "/login").await.with_status(200);
    let jwks = ask(&app, Method::GET, "carnet.internal", "/.well-known/jwks.json").await;
    jwks.with_status(200);
}
