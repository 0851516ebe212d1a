//! Carnet's own protected routes. They refuse in problem documents with a code and never say why a
//! token will not do; what is the same is who gets in.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

use super::signer::{Signer, with, without};
use super::{claims, disable, me, me_with, newcomer, obtained, user_id};
use crate::support::{Answer, TestApp, on_both};

on_both![
    without_a_bearer_token_nobody_gets_in,
    one_header_and_one_scheme_in_any_case,
    a_good_token_gets_in_until_the_second_in_which_it_expires,
    what_carnet_did_not_sign_is_refused,
    a_token_that_lacks_a_claim_is_refused,
    what_kind_of_token_it_is_stands_in_its_header,
    the_account_behind_the_token_counts,
    times_are_compared_without_leeway_for_the_end,
    a_token_is_for_one_audience_of_one_issuer,
    a_public_route_does_not_look_at_a_token,
    the_token_is_only_looked_for_in_the_header,
    a_key_that_nobody_has_is_an_invalid_token,
];

/// Rows 25–29: same.
async fn without_a_bearer_token_nobody_gets_in(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    app.get("/api/me").await.refused(401, "missing_token");
    let scheme = format!("Wrong {}", ada.access);
    for value in [&*scheme, "", "Bearer", "Bearer one two"] {
        me(&app, value).await.refused(401, "invalid_token");
    }
}

/// Rows 30, 31: same.
/// Row 32: better.
/// Rows 33–35: different, because there is one header and one scheme, those of RFC 6750.
async fn one_header_and_one_scheme_in_any_case(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    for before in ["Bearer ", "Bearer   ", "Bearer \t", "bearer ", "BEARER "] {
        let answer = me(&app, &format!("{before}{}", ada.access)).await.with_status(200);
        assert_eq!(answer.body["username"], "ada");
    }
    let answer = me(&app, &format!("JWT {}", ada.access)).await.refused(401, "invalid_token");
    assert!(answer.header("www-authenticate").starts_with("Bearer "));
    let request = app.request(Method::GET, "/api/me").header("x-access-token", &ada.access);
    Answer::read(request.send().await.unwrap()).await.refused(401, "missing_token");
}

/// Rows 36, 37, 52: same.
/// Row 38: different, because why a token is refused is not told to whoever presents it.
/// Row 39: does not apply, because there is one kind of token that gets in.
async fn a_good_token_gets_in_until_the_second_in_which_it_expires(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    let as_access = me_with(&app, &ada.refresh).await.refused(401, "invalid_token");
    app.clock.advance(299);
    me_with(&app, &ada.access).await.with_status(200);
    app.clock.advance(1);
    let expired = me_with(&app, &ada.access).await.refused(401, "invalid_token");
    assert!(expired.body.get("messages").is_none());
    assert_eq!(expired.body["title"], as_access.body["title"]);
}

/// Rows 40–44: same.
async fn what_carnet_did_not_sign_is_refused(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    let signer = Signer::of(&app).await;
    let parts: Vec<&str> = ada.access.split('.').collect();
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let raised = encode(&with(&claims(&ada.access), "roles", json!(["admin"])));
    let elsewhere = TestApp::on_sqlite(&[]).await;
    let alg = |name: &str| encode(&with(&signer.header(), "alg", name));
    let mut tokens = vec![
        "junk".to_owned(),
        "a.b.c".to_owned(),
        format!("{}.{raised}.{}", parts[0], parts[2]),
        newcomer(&elsewhere, "ada").await.access,
        ada.access[..ada.access.len() - 4].to_owned(),
        format!("{}.{}.", parts[0], parts[1]),
    ];
    for name in ["none", "HS256", "HS512", "RS256"] {
        tokens.push(format!("{}.{}.{}", alg(name), parts[1], parts[2]));
        tokens.push(format!("{}.{}.", alg(name), parts[1]));
    }
    for token in tokens {
        me_with(&app, &token).await.refused(401, "invalid_token");
    }
    let request = app.request(Method::GET, "/api/me");
    let value = reqwest::header::HeaderValue::from_bytes("Bearer é😀".as_bytes()).unwrap();
    let answer = request.header("authorization", value).send().await.unwrap();
    Answer::read(answer).await.refused(401, "invalid_token");
}

/// Rows 45, 46: same.
/// Row 48: different, because the account is `sub`; `user_id` says it again for others.
/// Row 51: different, because `sub` and `user_id` are texts and nothing else.
async fn a_token_that_lacks_a_claim_is_refused(app: TestApp) {
    newcomer(&app, "ada").await;
    let signer = Signer::of(&app).await;
    let good = signer.claims(&user_id(&app, "ada").await);
    me_with(&app, &signer.sign(&good)).await.with_status(200);
    for claim in ["exp", "jti", "sub", "iat", "sid"] {
        let token = signer.sign(&without(&good, claim));
        me_with(&app, &token).await.refused(401, "invalid_token");
    }
    me_with(&app, &signer.sign(&without(&good, "user_id"))).await.with_status(200);
    for (claim, value) in [
        ("sub", json!(7)),
        ("user_id", json!(7)),
        ("user_id", json!(["a"])),
        ("exp", json!("tomorrow")),
        ("exp", json!(1e18)),
    ] {
        let token = signer.sign(&with(&good, claim, value));
        me_with(&app, &token).await.refused(401, "invalid_token");
    }
}

/// Row 47: different, because the header's `typ` says it is an access token (RFC 9068).
async fn what_kind_of_token_it_is_stands_in_its_header(app: TestApp) {
    newcomer(&app, "ada").await;
    let signer = Signer::of(&app).await;
    let good = signer.claims(&user_id(&app, "ada").await);
    me_with(&app, &signer.sign(&without(&good, "token_type"))).await.with_status(200);
    for typ in ["JWT", "rt+jwt"] {
        let token = signer.sign_as(&with(&signer.header(), "typ", typ), &good);
        me_with(&app, &token).await.refused(401, "invalid_token");
    }
}

/// Rows 49, 50, 58: same.
async fn the_account_behind_the_token_counts(app: TestApp) {
    let signer = Signer::of(&app).await;
    let stranger = signer.sign(&signer.claims("nobody"));
    me_with(&app, &stranger).await.refused(401, "invalid_token");
    // What asks the token alone believes it.
    let request = app.request(Method::GET, "/api/auth/session").bearer_auth(&stranger);
    let answer = Answer::read(request.send().await.unwrap()).await.with_status(200);
    assert_eq!(answer.body["user"]["id"], "nobody");

    let ada = newcomer(&app, "ada").await;
    disable(&app, "ada").await;
    let app = app.sibling().await;
    me_with(&app, &ada.access).await.refused(401, "session_ended");
}

/// Row 53: different, because the end of a token has no leeway.
/// Row 54: same.
async fn times_are_compared_without_leeway_for_the_end(app: TestApp) {
    newcomer(&app, "ada").await;
    let signer = Signer::of(&app).await;
    let good = signer.claims(&user_id(&app, "ada").await);
    for (claim, seconds, is_good) in [
        ("exp", 1, true),
        ("exp", 0, false),
        ("exp", -5, false),
        ("iat", 5, true),
        ("iat", 6, false),
        ("nbf", 5, true),
        ("nbf", 60, false),
    ] {
        let answer = me_with(&app, &signer.sign(&with(&good, claim, signer.now() + seconds))).await;
        assert_eq!(answer.status == 200, is_good, "{claim} {seconds}: {}", answer.text);
    }
}

/// Row 55: different, because a token is for one audience: a list is refused, ours among it or not.
/// Row 56: different, because the audience always counts.
async fn a_token_is_for_one_audience_of_one_issuer(app: TestApp) {
    newcomer(&app, "ada").await;
    let signer = Signer::of(&app).await;
    let good = signer.claims(&user_id(&app, "ada").await);
    let other = "https://other.example.org";
    for claim in ["aud", "iss"] {
        for odd in [with(&good, claim, other), without(&good, claim)] {
            me_with(&app, &signer.sign(&odd)).await.refused(401, "invalid_token");
        }
        let list = json!([good[claim], other]);
        me_with(&app, &signer.sign(&with(&good, claim, list))).await.refused(401, "invalid_token");
    }
}

/// Row 57: better.
async fn a_public_route_does_not_look_at_a_token(app: TestApp) {
    newcomer(&app, "ada").await;
    for path in ["/.well-known/jwks.json", "/healthz"] {
        let request = app.request(Method::GET, path).bearer_auth("junk");
        assert!(request.send().await.unwrap().status().is_success(), "{path}");
    }
}

/// Row 59: same.
async fn the_token_is_only_looked_for_in_the_header(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    for name in ["token", "access_token", "jwt"] {
        let path = format!("/api/me?{name}={}", ada.access);
        app.get(&path).await.refused(401, "missing_token");
    }
}

/// Row 60: same.
async fn a_key_that_nobody_has_is_an_invalid_token(app: TestApp) {
    newcomer(&app, "ada").await;
    let signer = Signer::of(&app).await;
    let good = signer.claims(&user_id(&app, "ada").await);
    for kid in ["unknown", "", "../../dev/null"] {
        let token = signer.sign_as(&with(&signer.header(), "kid", kid), &good);
        me_with(&app, &token).await.refused(401, "invalid_token");
    }
    me_with(&app, &signer.sign(&good)).await.with_status(200);
    me_with(&app, &obtained(&app, "ada").await.access).await.with_status(200);
}
