//! Calls with a token: when one is fetched, and what a 401 leads to.

use carnet_client::{AuthError, AuthState, SignOutReason};
use carnet_shared::{ErrorCode, paths};
use serde_json::{Value, json};

use crate::support::{Browser, Fault};

#[test]
fn a_call_carries_the_token_of_the_login() {
    let (browser, tab) = Browser::with_ada();
    assert_eq!(tab.me().unwrap().username, "ada");
    assert_eq!(browser.server.refreshes(), 0);
}

#[test]
fn fifty_parallel_401s_cause_one_refresh() {
    let (browser, tab) = Browser::with_ada();
    browser.server.outdate_tokens();
    let calls: Vec<_> = (0..50).map(|_| tab.begin_me()).collect();
    browser.world.advance(2_000);
    for call in calls {
        assert!(call.take().unwrap().is_ok());
    }
    assert_eq!(browser.server.refreshes(), 1);
    assert_eq!(browser.server.count(paths::ME), 100);
}

#[test]
fn a_token_is_refreshed_before_it_expires() {
    let (browser, tab) = Browser::with_ada();
    for _ in 0..20 {
        browser.world.advance(100_000);
        assert!(tab.me().is_ok());
    }
    assert_eq!(browser.server.refusals(), 0);
    // 2 000 seconds, and a token lives 300.
    assert!((6..=8).contains(&browser.server.refreshes()), "{}", browser.server.refreshes());
}

#[test]
fn a_server_that_always_answers_401_is_tried_twice_and_the_session_stays() {
    let (browser, tab) = Browser::with_ada();
    browser.server.distrusts.set(true);
    assert_eq!(tab.me().unwrap_err().code(), Some(ErrorCode::InvalidToken));
    assert_eq!(browser.server.count(paths::ME), 2);
    assert_eq!(browser.server.refreshes(), 1);
    assert_eq!(tab.username().as_deref(), Some("ada"));
}

#[test]
fn a_401_that_signs_out_only_does_so_in_the_answer_to_a_refresh() {
    let (browser, tab) = Browser::with_ada();
    browser.server.end_all(ErrorCode::SessionReused);
    assert_eq!(tab.me().unwrap_err(), AuthError::SignedOut);
    assert_eq!(browser.server.count(paths::ME), 1);
    assert_eq!(tab.state(), AuthState::Anonymous(Some(SignOutReason::Reused)));
    assert_eq!(tab.states.borrow().len(), 2, "signed in once, and out once");
}

#[test]
fn a_refusal_that_is_no_401_causes_no_refresh() {
    let (browser, tab) = Browser::with_ada();
    let client = tab.client.clone();
    let answer = browser.world.run(async move { client.get::<()>("/api/nowhere").await });
    assert_eq!(answer.unwrap_err().code(), Some(ErrorCode::NotFound));
    assert_eq!(browser.server.refreshes(), 0);
}

#[test]
fn anybody_may_call_what_is_for_everybody() {
    let browser = Browser::new();
    let tab = browser.open();
    let client = tab.client.clone();
    let answer = browser.world.run(async move { client.get::<String>("/public").await });
    assert_eq!(answer.unwrap(), "for everybody");
    assert_eq!(tab.me().unwrap_err().code(), Some(ErrorCode::MissingToken));
    assert_eq!(browser.server.refreshes(), 0);
}

#[test]
fn every_verb_is_one_call_with_a_typed_body() {
    let (browser, tab) = Browser::with_ada();
    let client = tab.client.clone();
    let answers = browser.world.run(async move {
        let body = [1, 2];
        [
            client.get::<Value>("/echo").await,
            client.post("/echo", &body).await,
            client.put("/echo", &body).await,
            client.patch("/echo", &body).await,
            client.delete("/echo").await,
        ]
        .map(Result::unwrap)
    });
    let with_body = |verb: &str| json!([verb, [1, 2], "ada"]);
    let without = |verb: &str| json!([verb, null, "ada"]);
    let expected = [
        without("Get"),
        with_body("Post"),
        with_body("Put"),
        with_body("Patch"),
        without("Delete"),
    ];
    assert_eq!(answers, expected);
}

#[test]
fn a_token_goes_to_no_other_host() {
    let (browser, tab) = Browser::with_ada();
    for path in ["//evil.example/api/me", "https://evil.example/api/me", "/\\evil.example"] {
        let client = tab.client.clone();
        let answer = browser.world.run(async move { client.get::<()>(path).await });
        // The simulated server answers for every host, and missed the token.
        assert_eq!(answer.unwrap_err().code(), Some(ErrorCode::MissingToken), "{path}");
    }
}

#[test]
fn tokens_of_one_second_do_not_make_the_client_spin() {
    let (browser, tab) = Browser::with_ada();
    browser.server.access_lifetime.set(0);
    browser.server.outdate_tokens();
    let _ = tab.me();
    browser.world.advance(10_000);
    let refreshes = browser.server.refreshes();
    assert!((1..=21).contains(&refreshes), "{refreshes}");
}

#[test]
fn a_call_made_while_a_refresh_is_on_its_way_waits_for_that_one() {
    let (browser, tab) = Browser::with_ada();
    browser.server.outdate_tokens();
    browser.faults([Fault::Slow(1_000)]);
    let first = tab.begin_me();
    browser.world.advance(500);
    let second = tab.begin_me();
    browser.world.advance(2_000);
    assert!(first.take().unwrap().is_ok() && second.take().unwrap().is_ok());
    assert_eq!(browser.server.refreshes(), 1);
}
