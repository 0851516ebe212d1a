//! Tokens that nobody issued, or that were issued for something else: several hundred, and one and
//! the same answer to all of them.

mod claims;
mod forger;
mod forms;
mod headers;
mod signatures;

use std::collections::BTreeSet;
use std::net::TcpListener;

use carnet_server::keys::{KeyChange, KeyPurpose};
use carnet_verify::Algorithm;
use futures::future::join_all;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, on_both, times};
use forger::Forger;

on_both![forged_and_foreign_tokens_get_one_and_the_same_answer];

type Door = (Method, &'static str);

/// What a good access token opens.
const DOORS: [Door; 3] = [
    (Method::GET, "/api/me"),
    (Method::GET, "/api/auth/session"),
    (Method::POST, "/api/auth/verify"),
];

async fn forged_and_foreign_tokens_get_one_and_the_same_answer(app: TestApp) {
    let mut tokens: BTreeSet<String> = foreign(&app).await.into_iter().collect();
    let forger = Forger::new(&app).await;
    let bait = TcpListener::bind("127.0.0.1:0").unwrap();
    bait.set_nonblocking(true).unwrap();
    let bait_url = format!("http://{}", bait.local_addr().unwrap());

    tokens.extend(signatures::all(&forger));
    tokens.extend(headers::all(&forger, &bait_url));
    tokens.extend(claims::all(&forger));
    tokens.extend(forms::all(&forger));
    assert!(!tokens.contains(&forger.good));
    assert!(tokens.len() >= 300, "only {} distinct forgeries", tokens.len());

    let everywhere = DOORS.each_ref().map(|door| (door, &*forger.good));
    assert!(enter(&app, &everywhere).await.iter().all(|answer| answer.status == 200));
    let tokens: Vec<String> = tokens.into_iter().collect();
    // In the checks each knocks at one of them.
    let each = times(1, DOORS.len());
    let knocks: Vec<(&Door, &str)> = tokens
        .iter()
        .enumerate()
        .flat_map(|(at, token)| (at..at + each).map(move |at| (&DOORS[at % DOORS.len()], &**token)))
        .collect();
    let mut expected = None;
    for knocks in knocks.chunks(32) {
        for ((_, token), answer) in knocks.iter().zip(enter(&app, knocks).await) {
            let answer = comparable(answer.refused(401, "invalid_token"));
            assert_eq!(&answer, expected.get_or_insert_with(|| answer.clone()), "{token}");
        }
    }
    for token in forms::unsendable(&forger) {
        let refused = app.app().verify(&token).await.unwrap_err();
        assert_eq!(refused.code().as_str(), "invalid_token", "{token:?}");
    }
    // Not that the doors were shut for everybody meanwhile.
    assert!(enter(&app, &everywhere).await.iter().all(|answer| answer.status == 200));
    assert!(bait.accept().is_err(), "an address in a header was fetched");
    eprintln!("{} distinct forged tokens, each refused at {each} of 3 doors", tokens.len());
}

/// Shows each token at its door.
async fn enter(app: &TestApp, knocks: &[(&Door, &str)]) -> Vec<Answer> {
    let answers = knocks.iter().map(async |((method, path), token)| {
        let bearer = HeaderValue::from_bytes(format!("Bearer {token}").as_bytes()).unwrap();
        let request = app.request(method.clone(), path).header(AUTHORIZATION, bearer);
        Answer::read(request.send().await.unwrap()).await
    });
    join_all(answers).await
}

/// All of an answer but what differs from request to request.
fn comparable(mut answer: Answer) -> (u16, Vec<(String, Vec<u8>)>, Value) {
    answer.body["request_id"] = Value::Null;
    let headers = answer.headers.iter().filter(|(name, _)| {
        assert_ne!(*name, "set-cookie");
        !["date", "x-request-id"].contains(&name.as_str())
    });
    let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    (answer.status.as_u16(), headers.collect(), answer.body)
}

/// Tokens that were good somewhere, for somebody or at some time.
async fn foreign(app: &TestApp) -> Vec<String> {
    let other_deployment = TestApp::on_sqlite(&[]).await.registered("ada").await.access;
    let other_issuer = app.sibling_with(&["tokens.issuer=https://other.test"]).await;
    let for_a_service = app.sibling_with(&["tokens.resources=https://shop.test"]).await;
    let ada = for_a_service.registered("ada").await;
    let shop = ada.present(&ada.refresh, json!({"resource": "https://shop.test"})).await;
    let shop = shop.body["access_token"].as_str().unwrap().to_owned();
    let other_issuer = other_issuer.signed_in("ada").await.access;
    let expired = ada.access.clone();
    app.clock.advance(300);
    let revoked = app.signed_in("ada").await;
    for algorithm in Algorithm::ALL {
        app.app().keys.rotate(KeyPurpose::Sign, *algorithm, KeyChange::Now).await.unwrap();
    }
    let kid = carnet_verify::key_id(&revoked.access).unwrap();
    app.app().keys.revoke(&kid, Algorithm::ES256).await.unwrap();
    let refresh = revoked.refresh.clone();
    vec![other_deployment, shop, other_issuer, expired, revoked.access, refresh]
}
