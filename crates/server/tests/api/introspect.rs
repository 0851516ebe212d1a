use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, TestApp};

const INTROSPECT: &str = "/api/auth/introspect";
const SECRET: &str = "the shop asks with this very long secret";

async fn app() -> TestApp {
    let secret = format!("tokens.introspection_secret={SECRET}");
    TestApp::on_sqlite(&[&secret, "tokens.resources=https://shop.test"]).await
}

async fn ask(app: &TestApp, secret: &str, token: &str) -> Answer {
    let request = app.request(Method::POST, INTROSPECT).basic_auth("shop", Some(secret));
    Answer::read(request.form(&[("token", token)]).send().await.unwrap()).await
}

#[tokio::test]
async fn without_a_secret_in_the_settings_there_is_nothing_here() {
    let app = TestApp::on_sqlite(&[]).await;
    app.post_form(INTROSPECT, &[("token", "junk")]).await.refused(404, "not_found");
}

#[tokio::test]
async fn whoever_does_not_hold_the_secret_learns_nothing() {
    let app = app().await;
    let ada = app.registered("ada").await;
    for secret in ["", "wrong", &SECRET[1..]] {
        let answer = ask(&app, secret, &ada.access).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (401, &json!("invalid_client")));
        assert!(answer.header("www-authenticate").starts_with("Basic "));
    }
    let answer = app.post_form(INTROSPECT, &[("token", &ada.access)]).await;
    assert_eq!(answer.status, 401);
    let fields = [("token", ada.access.as_str()), ("client_secret", SECRET)];
    let answer = app.post_form(INTROSPECT, &fields).await.with_status(200);
    assert_eq!(answer.body["active"], true);
}

#[tokio::test]
async fn a_wrong_secret_is_limited_and_never_keeps_the_right_one_out() {
    let secret = format!("tokens.introspection_secret={SECRET}");
    let app = TestApp::on_sqlite(&[&secret, "limits.enabled=true"]).await;
    for name in ["introspection", "shop", SECRET] {
        for _ in 0..6 {
            let body = json!({"login": name, "password": "not the kettle at all"});
            app.post("/api/auth/login", &body).await;
        }
    }
    for _ in 0..30 {
        assert_eq!(ask(&app, "wrong", "junk").await.status, 401);
    }
    for _ in 0..70 {
        ask(&app, "wrong", "junk").await.refused(429, "too_many_requests");
    }
    for _ in 0..20 {
        ask(&app, SECRET, "junk").await.with_status(200);
    }
}

#[tokio::test]
async fn a_token_is_worth_what_its_session_is() {
    let app = app().await;
    let mut ada = app.registered("ada").await;
    let answer = ask(&app, SECRET, &ada.access).await.with_status(200);
    assert_eq!((&answer.body["active"], &answer.body["username"]), (&json!(true), &json!("ada")));
    assert_eq!(
        (&answer.body["token_type"], &answer.body["sid"]),
        (&json!("Bearer"), &json!(ada.session))
    );
    assert_eq!(answer.header("cache-control"), "no-store");

    let body = json!({"resource": "https://shop.test"});
    let for_shop = ada.present(&ada.refresh, body).await.with_status(200);
    let old = std::mem::replace(
        &mut ada.refresh,
        for_shop.body["refresh_token"].as_str().unwrap().to_owned(),
    );
    let for_shop = for_shop.body["access_token"].as_str().unwrap().to_owned();
    let answer = ask(&app, SECRET, &for_shop).await.with_status(200);
    assert_eq!(answer.body["aud"], "https://shop.test");

    let answer = ask(&app, SECRET, &ada.refresh).await.with_status(200);
    assert_eq!(
        (&answer.body["active"], &answer.body["token_type"]),
        (&json!(true), &json!("refresh_token"))
    );
    // To look changes nothing.
    ada.refreshed().await;

    let inactive = json!({"active": false});
    // A long one is looked at like any other.
    let mut grace = app.registered("grace").await;
    let mut user = app.store().user_by_login("grace").await.unwrap().unwrap().user().unwrap();
    user.roles.extend((0..60).map(|role| format!("{role:x>60}")));
    app.store().update_user(&user).await.unwrap();
    grace.refreshed().await;
    assert!(grace.access.len() > 4096);
    assert_eq!(ask(&app, SECRET, &grace.access).await.with_status(200).body["active"], true);

    for token in [old.as_str(), "junk", "a.b.c", ""] {
        let answer = ask(&app, SECRET, token).await;
        if token.is_empty() {
            answer.refused(422, "invalid_fields");
        } else {
            assert_eq!(answer.with_status(200).body, inactive, "{token}");
        }
    }
    app.post("/api/auth/logout", &json!({"refresh_token": ada.refresh})).await.with_status(204);
    for token in [&ada.access, &for_shop, &ada.refresh] {
        assert_eq!(ask(&app, SECRET, token).await.with_status(200).body, inactive);
    }
}

/// RFC 6749 §2.3.1 has the client encode its secret; curl sends it as it is.
#[tokio::test]
async fn the_secret_may_be_encoded_as_the_standard_says_or_not_at_all() {
    const ODD: &str = "a+b/c=d-e_f.g:h%41 i 0123456789012345678";
    const ENCODED: &str = "a%2Bb%2Fc%3Dd%2De%5Ff%2Eg%3Ah%2541+i+0123456789012345678";
    let app = TestApp::on_sqlite(&[&format!("tokens.introspection_secret={ODD}")]).await;
    let ada = app.registered("ada").await;
    for secret in [ODD, ENCODED] {
        assert_eq!(ask(&app, secret, &ada.access).await.with_status(200).body["active"], true);
    }
    for secret in [&ODD[1..], &ENCODED[1..], "%FF", "a b/c=d-e_f.g:hA i 0123456789012345678"] {
        assert_eq!(ask(&app, secret, &ada.access).await.status, 401, "{secret}");
    }
}
