//! What Carnet's own pages are called, look like and say.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, PASSWORD, TestApp, on_both};

on_both![
    a_page_speaks_the_language_that_the_browser_asks_for,
    a_page_has_carnets_name_and_colours_by_default,
    a_page_is_compressed_only_where_it_shows_nobody,
];

async fn look(carnet: &TestApp, path: &str, language: &str) -> Answer {
    let request = carnet.request(Method::GET, path).header("accept-language", language);
    Answer::read(request.send().await.unwrap()).await
}

async fn a_page_speaks_the_language_that_the_browser_asks_for(carnet: TestApp) {
    for (language, tag, heading) in [
        ("de-CH, en;q=0.5", "de", "<h1>Anmelden</h1>"),
        ("en-US", "en", "<h1>Sign in</h1>"),
        ("fr", "en", "<h1>Sign in</h1>"),
    ] {
        let page = look(&carnet, "/login", language).await.with_status(200).text;
        assert!(page.contains(&format!("<html lang=\"{tag}\">")), "{page}");
        assert!(page.contains(heading), "{page}");
    }
    let request = carnet.request(Method::POST, "/login").header("accept-language", "de");
    let request = request.header("origin", &carnet.url).form(&[("login", "a"), ("password", "b")]);
    let back = Answer::read(request.send().await.unwrap()).await.with_status(401).text;
    assert!(back.contains("Der Benutzername oder das Passwort ist falsch"), "{back}");
    assert!(back.contains("<title>Fehler: Anmelden · Carnet</title>"), "{back}");
}

async fn a_page_has_carnets_name_and_colours_by_default(carnet: TestApp) {
    let page = look(&carnet, "/", "en").await.text;
    assert!(page.contains("<title>Carnet</title>"), "{page}");
    assert!(!page.contains("/pkg/colours."), "{page}");
}

async fn a_page_is_compressed_only_where_it_shows_nobody(carnet: TestApp) {
    carnet.registered("ada").await;
    let body = json!({"login": "ada", "password": PASSWORD, "delivery": "cookie"});
    let entered = carnet.post_from_page("/api/auth/login", "", &body).await.with_status(200);
    let cookie = entered.cookies()[0].split(';').next().unwrap().to_owned();
    let encoding = async |path: &str, cookie: &str| {
        let request = carnet.request(Method::GET, path).header("cookie", cookie);
        let request = request.header("accept-encoding", "gzip, br");
        request.send().await.unwrap().headers().get("content-encoding").cloned()
    };
    assert_eq!(encoding("/login", "").await.unwrap(), "gzip");
    // Its length would tell something of who looks at it.
    assert_eq!(encoding("/profile?next=/ada@example.org", &cookie).await, None);
    assert_eq!(encoding("/", &cookie).await, None);
    // The cookie does not tell whose it is.
    assert_eq!(encoding("/profile", &cookie.replace("=", "=x")).await, None);
}

#[tokio::test]
async fn a_deployment_has_a_name_colours_and_links_of_its_own() {
    let settings = [
        "site.name=Teeküche",
        "site.accent=#7a1f3d",
        "site.links=Imprint /imprint, Terms https://example.org/terms",
        "site.languages=de",
        "site.language=de",
    ];
    let carnet = TestApp::on_sqlite(&settings).await;
    let page = look(&carnet, "/login", "en").await.with_status(200).text;
    for part in [
        "<title>Anmelden · Teeküche</title>",
        "Mit Teeküche machen Sie dort weiter, wo Sie waren.",
        r#"<a href="/imprint" rel="external">Imprint</a>"#,
        r#"<a href="https://example.org/terms" rel="external">Terms</a>"#,
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("Carnet"), "{page}");
    let (_, rest) = page.split_once("href=\"/pkg/colours.").unwrap();
    let path = format!("/pkg/colours.{}", rest.split_once('"').unwrap().0);
    let colours = look(&carnet, &path, "").await.with_status(200);
    assert!(colours.text.contains("#7a1f3d"), "{}", colours.text);
    assert_eq!(colours.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(colours.header("cache-control"), "public, max-age=31536000, immutable");
    let request = carnet.request(Method::GET, &path).header("accept-encoding", "gzip");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
}
