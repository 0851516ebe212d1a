use std::collections::HashSet;

use carnet_shared::User;
use serde_json::json;

use super::signer::{Signer, with, without};
use super::{
    NO_ACCOUNT, REFRESH, blacklist, change_password, claims, delete, disable, fields, me_with,
    newcomer, not_valid, obtained, pair, refresh, refused, user_id,
};
use crate::support::{TestApp, on_both};

on_both![
    a_missing_token_is_named,
    what_is_no_refresh_token_is_refused,
    each_refresh_gives_the_next_token_and_a_fresh_access_token,
    claims_are_made_of_the_account_as_it_is_now,
    an_old_token_ends_the_session_and_its_successor_with_it,
    fifty_at_once_get_one_and_the_same_successor,
    a_session_expires,
    a_deleted_and_a_disabled_account_get_nothing,
    a_changed_password_ends_both_tokens_and_says_so_each_time,
    without_a_good_mac_nothing_is_said_of_a_session,
    the_token_of_a_cookie_is_refused_in_a_body,
];

/// Row 61: same.
async fn a_missing_token_is_named(app: TestApp) {
    let answer = app.post(REFRESH, &json!({})).await;
    fields(&answer, &json!({"refresh": ["This field is required."]}));
}

/// Row 62: different, because a refresh token is no JWT: one without `exp` is just invalid.
/// Row 63: same.
/// Row 77: better.
async fn what_is_no_refresh_token_is_refused(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    let signer = Signer::of(&app).await;
    let good = with(&signer.claims(&user_id(&app, "ada").await), "token_type", "refresh");
    for token in [
        "junk",
        "crt_",
        "a.b.c",
        &signer.sign(&without(&good, "exp")),
        &signer.sign(&without(&good, "sub")),
        &ada.access[..ada.access.len() - 4],
        &ada.refresh[..ada.refresh.len() - 1],
        &format!("{}A", ada.refresh),
    ] {
        not_valid(&refresh(&app, token).await, "Token is invalid");
    }
    not_valid(&refresh(&app, &ada.access).await, "Token has wrong type");
    not_valid(&refresh(&app, &signer.sign(&good)).await, "Token has wrong type");
    app.clock.advance(300);
    not_valid(&refresh(&app, &ada.access).await, "Token is expired");
    // None of it did the session any harm.
    refresh(&app, &format!(" {} ", ada.refresh)).await.with_status(200);
}

/// Row 66: same.
/// Row 68: different, because a refresh token is no JWT and rests for `tokens.idle_lifetime`.
/// Row 69: different, because a session is one row, whatever generation its token is of.
async fn each_refresh_gives_the_next_token_and_a_fresh_access_token(app: TestApp) {
    let first = newcomer(&app, "ada").await;
    app.clock.advance(29 * 86_400);
    let second = pair(&refresh(&app, &first.refresh).await.with_status(200));
    assert_ne!(first.refresh, second.refresh);
    let (old, new) = (claims(&first.access), claims(&second.access));
    assert_ne!(old["jti"], new["jti"]);
    assert_eq!(new["iat"], app.clock.now());
    assert_eq!(new["exp"], app.clock.now() + 300);
    for claim in ["token_type", "user_id", "sub", "sid"] {
        assert_eq!(old[claim], new[claim], "{claim}");
    }
    app.clock.advance(29 * 86_400);
    refresh(&app, &second.refresh).await.with_status(200);
    // Whatever else the account had has rested for too long.
    let id = user_id(&app, "ada").await;
    let sessions = app.store().sessions_of(&id, 0, app.clock.now()).await.unwrap();
    let ids: Vec<&str> = sessions.iter().map(|session| &*session.id).collect();
    assert_eq!(ids, [old["sid"].as_str().unwrap()]);
}

/// Row 65: different, because claims are not copied but made anew, so a new role shows.
async fn claims_are_made_of_the_account_as_it_is_now(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    let row = app.store().user_by_login("ada").await.unwrap().unwrap();
    let user = User { roles: vec!["editor".to_owned()], ..row.user().unwrap() };
    app.store().update_user(&user).await.unwrap();
    let next = pair(&refresh(&app, &ada.refresh).await.with_status(200));
    assert_eq!(claims(&next.access)["roles"], json!(["editor"]));
}

/// Row 70: same.
/// Row 71: better.
async fn an_old_token_ends_the_session_and_its_successor_with_it(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    let successor = pair(&refresh(&app, &ada.refresh).await.with_status(200));
    // Within the grace a second tab gets what the first one got.
    let again = pair(&refresh(&app, &ada.refresh).await.with_status(200));
    assert_eq!(again.refresh, successor.refresh);
    app.clock.advance(11);
    not_valid(&refresh(&app, &ada.refresh).await, "Token is blacklisted");
    not_valid(&refresh(&app, &successor.refresh).await, "Token is blacklisted");
    me_with(&app, &successor.access).await.refused(401, "session_ended");
}

/// Row 76: better.
async fn fifty_at_once_get_one_and_the_same_successor(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    let all = (0..50).map(|_| refresh(&app, &ada.refresh));
    let answers = futures::future::join_all(all).await;
    let successors: HashSet<String> =
        answers.into_iter().map(|answer| pair(&answer.with_status(200)).refresh).collect();
    assert_eq!(successors.len(), 1);
}

async fn a_session_expires(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    app.clock.advance(30 * 86_400);
    not_valid(&refresh(&app, &ada.refresh).await, "Token is expired");
}

/// Rows 72, 73: same.
async fn a_deleted_and_a_disabled_account_get_nothing(app: TestApp) {
    let (ada, grace) = (newcomer(&app, "ada").await, newcomer(&app, "grace").await);
    delete(&app, "ada").await;
    disable(&app, "grace").await;
    for _ in 0..2 {
        for token in [&ada.refresh, &grace.refresh] {
            refused(&refresh(&app, token).await, 401, NO_ACCOUNT, "no_active_account");
        }
    }
}

/// Row 74: different, because the second answer is the first one again.
/// Row 75: better.
async fn a_changed_password_ends_both_tokens_and_says_so_each_time(app: TestApp) {
    let (ada, elsewhere) = (newcomer(&app, "ada").await, obtained(&app, "ada").await);
    change_password(&app, &elsewhere.access).await;
    for _ in 0..2 {
        let words = "The user's password has been changed.";
        refused(&refresh(&app, &ada.refresh).await, 401, words, "password_changed");
    }
    me_with(&app, &ada.access).await.refused(401, "session_ended");
    refresh(&app, &elsewhere.refresh).await.with_status(200);
}

async fn without_a_good_mac_nothing_is_said_of_a_session(app: TestApp) {
    let (ada, grace) = (newcomer(&app, "ada").await, newcomer(&app, "grace").await);
    blacklist(&app, &ada.refresh).await.with_status(200);
    disable(&app, "grace").await;
    for token in [&ada.refresh, &grace.refresh] {
        // The code is the end of the token; one of its characters is changed.
        let (kept, last) = token.split_at(token.len() - 4);
        let other = if last.starts_with('A') { 'B' } else { 'A' };
        let altered = format!("{kept}{other}{}", &last[1..]);
        not_valid(&refresh(&app, &altered).await, "Token is invalid");
    }
}

async fn the_token_of_a_cookie_is_refused_in_a_body(app: TestApp) {
    app.registered("ada").await;
    let body = json!({
        "login": "ada", "password": crate::support::PASSWORD, "delivery": "cookie",
    });
    let login = app.post_from_page("/api/auth/login", "", &body).await.with_status(200);
    let cookie = login.cookies()[0].split(';').next().unwrap().to_owned();
    let token = cookie.split_once('=').unwrap().1;
    not_valid(&refresh(&app, token).await, "Token is invalid");
    not_valid(&super::verify(&app, token).await, "Token is invalid");
    not_valid(&blacklist(&app, token).await, "Token is invalid");
    app.post_from_page("/api/auth/refresh", &cookie, &json!({})).await.with_status(200);
}
