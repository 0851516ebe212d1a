use carnet_shared::User;
use serde_json::json;

use super::signer::{Signer, without};
use super::{
    NO_ACCOUNT, VERIFY, blacklist, change_password, delete, disable, fields, me_with, newcomer,
    not_valid, obtained, pair, refresh, refused, user_id, verify,
};
use crate::support::{TestApp, on_both};

on_both![
    a_missing_token_is_named,
    a_token_of_either_kind_is_good_and_stays_as_it_is,
    what_is_no_token_is_refused,
    a_token_whose_session_has_ended_is_refused,
    a_token_whose_account_is_gone_is_refused,
    a_token_that_says_what_the_account_no_longer_is_is_refused,
    an_old_token_is_refused_and_nothing_comes_of_it,
];

/// Row 79: same.
async fn a_missing_token_is_named(app: TestApp) {
    let answer = app.post(VERIFY, &json!({})).await;
    fields(&answer, &json!({"token": ["This field is required."]}));
}

/// Row 80: same.
async fn a_token_of_either_kind_is_good_and_stays_as_it_is(app: TestApp) {
    let native = app.registered("ada").await;
    let ada = obtained(&app, "ada").await;
    for _ in 0..3 {
        // The native ones have no `token_type`.
        for token in [&ada.access, &ada.refresh, &native.access, &native.refresh] {
            let answer = verify(&app, token).await.with_status(200);
            assert_eq!(answer.body, json!({}));
        }
        app.clock.advance(20);
    }
    let next = pair(&refresh(&app, &ada.refresh).await.with_status(200));
    app.clock.advance(5);
    // Within the grace the one before is honoured too, and not raced for by being looked at.
    for token in [&ada.refresh, &next.refresh] {
        verify(&app, token).await.with_status(200);
    }
}

/// Row 81: same.
async fn what_is_no_token_is_refused(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    let signer = Signer::of(&app).await;
    let good = signer.claims(&user_id(&app, "ada").await);
    verify(&app, &signer.sign(&good)).await.with_status(200);
    for token in [
        "junk".to_owned(),
        "crt_junk".to_owned(),
        signer.sign(&without(&good, "exp")),
        signer.sign(&without(&good, "jti")),
    ] {
        not_valid(&verify(&app, &token).await, "Token is invalid");
    }
    app.clock.advance(300);
    not_valid(&verify(&app, &ada.access).await, "Token is expired");
    app.clock.advance(30 * 86_400);
    not_valid(&verify(&app, &ada.refresh).await, "Token is expired");
}

/// Rows 82, 83: better.
async fn a_token_whose_session_has_ended_is_refused(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    blacklist(&app, &ada.refresh).await.with_status(200);
    for token in [&ada.access, &ada.refresh] {
        not_valid(&verify(&app, token).await, "Token is blacklisted");
    }
    let (one, two) = (obtained(&app, "ada").await, obtained(&app, "ada").await);
    change_password(&app, &two.access).await;
    for token in [&one.access, &one.refresh] {
        let words = "The user's password has been changed.";
        refused(&verify(&app, token).await, 401, words, "password_changed");
    }
}

/// Row 84: better.
async fn a_token_whose_account_is_gone_is_refused(app: TestApp) {
    let (ada, grace) = (newcomer(&app, "ada").await, newcomer(&app, "grace").await);
    delete(&app, "ada").await;
    disable(&app, "grace").await;
    // Another instance that starts knows it at once.
    let app = app.sibling().await;
    for token in [&ada.access, &ada.refresh, &grace.access, &grace.refresh] {
        refused(&verify(&app, token).await, 401, NO_ACCOUNT, "no_active_account");
    }
}

async fn a_token_that_says_what_the_account_no_longer_is_is_refused(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    let row = app.store().user_by_login("ada").await.unwrap().unwrap();
    let user = User { roles: Vec::new(), ..row.user().unwrap() };
    app.store().update_user(&user).await.unwrap();
    let app = app.sibling().await;
    me_with(&app, &ada.access).await.refused(401, "token_outdated");
    not_valid(&verify(&app, &ada.access).await, "Token is invalid");
    verify(&app, &ada.refresh).await.with_status(200);
}

async fn an_old_token_is_refused_and_nothing_comes_of_it(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    let next = pair(&refresh(&app, &ada.refresh).await.with_status(200));
    app.clock.advance(11);
    for _ in 0..2 {
        not_valid(&verify(&app, &ada.refresh).await, "Token is blacklisted");
    }
    verify(&app, &next.refresh).await.with_status(200);
    me_with(&app, &next.access).await.with_status(200);
    refresh(&app, &next.refresh).await.with_status(200);
}
