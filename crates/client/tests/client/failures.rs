//! Failures that say nothing about the session.

use carnet_client::edges::Wake;
use carnet_client::{AuthError, AuthState, SignOutReason};
use carnet_shared::{ErrorCode, Problem};

use crate::support::{Browser, Fault};

const GATEWAY: &str = "<html><h1>502 Bad Gateway</h1></html>";

fn problem(code: ErrorCode) -> &'static str {
    serde_json::to_string(&Problem::new(code)).unwrap().leak()
}

#[test]
fn whatever_a_refresh_meets_but_a_verdict_keeps_the_session() {
    let mut faults = vec![
        Fault::RequestLost,
        Fault::Answer(500, problem(ErrorCode::Internal)),
        Fault::Answer(503, problem(ErrorCode::Unavailable)),
        Fault::Answer(502, GATEWAY),
        Fault::Answer(401, GATEWAY),
        Fault::Answer(401, r#"{"code":"session_ended"}"#),
        Fault::Answer(200, "{}"),
        Fault::Answer(200, ""),
        Fault::Answer(200, "{\"access_token\":"),
        Fault::Answer(403, problem(ErrorCode::CrossSite)),
        Fault::Answer(421, problem(ErrorCode::Misdirected)),
        Fault::RetryAfter(429, problem(ErrorCode::TooManyRequests), 3),
    ];
    let keeps = ErrorCode::ALL.iter().filter(|code| !code.signs_out());
    faults.extend(keeps.map(|code| Fault::Answer(code.status(), problem(*code))));
    for fault in faults {
        let (browser, tab) = Browser::with_ada();
        let other = browser.open();
        browser.server.outdate_tokens();
        // Some codes are asked again at once: they meet the same.
        browser.faults(vec![fault; 4]);
        let _ = tab.me();
        assert!(
            browser.network.faults.borrow().len() < 4,
            "nothing was refreshed, so nothing failed"
        );
        assert_eq!(tab.username().as_deref(), Some("ada"));
        browser.network.faults.borrow_mut().clear();
        browser.world.advance(70_000);
        assert!(tab.me().is_ok());
        assert!(other.me().is_ok());
    }
}

#[test]
fn exactly_the_codes_that_sign_out_do() {
    for code in ErrorCode::ALL.iter().filter(|code| code.signs_out()) {
        let (browser, tab) = Browser::with_ada();
        let other = browser.open();
        browser.server.outdate_tokens();
        browser.faults([Fault::Answer(401, problem(*code))]);
        assert_eq!(tab.me().unwrap_err(), AuthError::SignedOut);
        browser.world.advance(100);
        let reason = SignOutReason::from_code(*code);
        assert_eq!(tab.state(), AuthState::Anonymous(reason), "{code:?}");
        assert_eq!(other.state(), AuthState::Anonymous(reason), "{code:?}");
    }
}

#[test]
fn a_server_that_asks_to_wait_is_left_alone_for_so_long() {
    let (browser, tab) = Browser::with_ada();
    browser.server.outdate_tokens();
    browser.faults([Fault::RetryAfter(429, problem(ErrorCode::TooManyRequests), 30)]);
    let error = tab.me().unwrap_err();
    assert!(matches!(error, AuthError::RetryAfter { seconds: 30, .. }));
    assert_eq!(browser.network.faults.borrow().len(), 0);
    let before = browser.network.sent.borrow().len();
    browser.world.advance(29_000);
    assert!(matches!(tab.me(), Err(AuthError::RetryAfter { .. })));
    assert_eq!(browser.network.sent.borrow().len(), before, "no request leaves meanwhile");
    browser.world.advance(2_000);
    assert!(tab.me().is_ok());
}

#[test]
fn tries_grow_rarer_while_the_server_is_down() {
    let (browser, tab) = Browser::with_ada();
    browser.network.offline.set(true);
    browser.world.advance(3_600_000);
    let tries = browser.network.sent.borrow().len();
    assert!((55..90).contains(&tries), "{tries} in an hour");
    assert_eq!(tab.username().as_deref(), Some("ada"));
}

#[test]
fn coming_online_tries_at_once() {
    let (browser, tab) = Browser::with_ada();
    browser.network.offline.set(true);
    browser.world.advance(3_600_000);
    assert_eq!(tab.me().unwrap_err(), AuthError::Offline);
    browser.network.offline.set(false);
    tab.wake(Wake::Online);
    browser.world.advance(500);
    assert_eq!(browser.server.refreshes(), 1);
    assert!(tab.me().is_ok());
}

#[test]
fn a_token_that_is_still_good_is_used_while_the_server_fails() {
    let (browser, tab) = Browser::with_ada();
    browser.faults(vec![Fault::Answer(500, problem(ErrorCode::Internal)); 9]);
    browser.world.advance(275_000);
    assert!(browser.network.faults.borrow().len() < 9, "a refresh was tried");
    assert!(tab.me().is_ok());
}
