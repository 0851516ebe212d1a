use serde_json::json;

use super::signer::{Signer, without};
use super::{
    BLACKLIST, NO_ACCOUNT, blacklist, delete, fields, me_with, newcomer, not_valid, obtained, pair,
    refresh, refused, user_id, verify,
};
use crate::support::{TestApp, on_both};

on_both![
    a_missing_token_is_named,
    what_is_no_living_refresh_token_is_refused,
    the_session_ends_with_both_tokens_again_and_again,
    an_old_token_ends_its_session_too,
    the_token_of_a_deleted_account_may_be_blacklisted,
    it_never_says_done_when_it_is_not,
];

/// Row 85: same.
async fn a_missing_token_is_named(app: TestApp) {
    let answer = app.post(BLACKLIST, &json!({})).await;
    fields(&answer, &json!({"refresh": ["This field is required."]}));
}

/// Rows 86, 87: same.
async fn what_is_no_living_refresh_token_is_refused(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    let signer = Signer::of(&app).await;
    let endless = without(&signer.claims(&user_id(&app, "ada").await), "exp");
    not_valid(&blacklist(&app, "junk").await, "Token is invalid");
    not_valid(&blacklist(&app, &signer.sign(&endless)).await, "Token is invalid");
    not_valid(&blacklist(&app, &ada.access).await, "Token has wrong type");
    me_with(&app, &ada.access).await.with_status(200);
    app.clock.advance(30 * 86_400);
    not_valid(&blacklist(&app, &ada.access).await, "Token is expired");
    not_valid(&blacklist(&app, &ada.refresh).await, "Token is expired");
}

/// Rows 88, 89: same.
/// Rows 90, 91: better.
async fn the_session_ends_with_both_tokens_again_and_again(app: TestApp) {
    let (ada, elsewhere) = (newcomer(&app, "ada").await, obtained(&app, "ada").await);
    for _ in 0..3 {
        let answer = blacklist(&app, &ada.refresh).await.with_status(200);
        assert_eq!(answer.body, json!({}));
    }
    not_valid(&refresh(&app, &ada.refresh).await, "Token is blacklisted");
    me_with(&app, &ada.access).await.refused(401, "session_ended");
    not_valid(&blacklist(&app, &ada.access).await, "Token has wrong type");
    let events = app.events().await;
    assert_eq!(events.iter().filter(|event| event.kind == "logged_out").count(), 1);
    me_with(&app, &elsewhere.access).await.with_status(200);
    refresh(&app, &elsewhere.refresh).await.with_status(200);
}

async fn an_old_token_ends_its_session_too(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    let next = pair(&refresh(&app, &ada.refresh).await.with_status(200));
    app.clock.advance(3600);
    blacklist(&app, &ada.refresh).await.with_status(200);
    not_valid(&refresh(&app, &next.refresh).await, "Token is blacklisted");
}

/// Row 92: same.
async fn the_token_of_a_deleted_account_may_be_blacklisted(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    delete(&app, "ada").await;
    blacklist(&app, &ada.refresh).await.with_status(200);
    refused(&refresh(&app, &ada.refresh).await, 401, NO_ACCOUNT, "no_active_account");
    refused(&verify(&app, &ada.refresh).await, 401, NO_ACCOUNT, "no_active_account");
}

/// Row 93: better.
async fn it_never_says_done_when_it_is_not(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    app.store().close().await;
    let words = "Service temporarily unavailable, try again later.";
    for answer in [
        blacklist(&app, &ada.refresh).await,
        refresh(&app, &ada.refresh).await,
        verify(&app, &ada.refresh).await,
    ] {
        refused(&answer, 503, words, "service_unavailable");
        assert_eq!(answer.header("retry-after"), "1");
    }
}
