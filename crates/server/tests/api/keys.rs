//! Keys come and go, and nobody is signed out by it who need not be.

use std::sync::Arc;

use carnet_server::keys::{
    GivenSecrets, KeyChange, KeyError, KeyPurpose, KeyRing, KeyState, Sealed, SecretPlace,
    import_key,
};
use carnet_server::store::NewKey;
use carnet_verify::Algorithm;
use serde_json::json;

use crate::support::{TestApp, on_both};

on_both![
    a_new_key_is_published_ten_minutes_before_it_signs_and_the_old_one_goes_with_its_last_token,
    a_key_that_signs_at_once_is_understood_by_the_other_server_at_once,
    a_new_key_of_refresh_tokens_is_understood_by_the_other_server_at_once,
    keys_grow_old_and_are_replaced_without_anybody_noticing,
    a_revoked_key_is_replaced_and_refused_at_once_and_everywhere,
    a_revoked_key_of_refresh_tokens_takes_its_sessions_along,
    every_algorithm_signs_and_tokens_of_the_one_before_stay_good,
    of_many_who_find_a_key_grown_old_one_adds_the_next,
    a_key_that_was_revoked_cannot_come_back,
    a_key_of_refresh_tokens_stays_for_as_long_as_a_session_may_live,
    an_rsa_key_is_made_and_signs_on_a_thread_where_no_request_waits,
];

async fn kids(app: &TestApp) -> Vec<String> {
    let keys = app.get("/.well-known/jwks.json").await.with_status(200).body;
    let keys = keys["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn kid_of(token: &str) -> String {
    carnet_verify::key_id(token).unwrap()
}

async fn rotate(app: &TestApp, purpose: KeyPurpose, change: KeyChange) -> String {
    app.app().keys.rotate(purpose, Algorithm::ES256, change).await.unwrap()
}

async fn keep_fresh(app: &TestApp) {
    app.app().keys.keep_fresh(&app.app().settings.tokens).await.unwrap();
}

async fn a_new_key_is_published_ten_minutes_before_it_signs_and_the_old_one_goes_with_its_last_token(
    app: TestApp,
) {
    let mut ada = app.registered("ada").await;
    let old = kid_of(&ada.access);
    let new = rotate(&app, KeyPurpose::Sign, KeyChange::Announced).await;
    assert_eq!(kids(&app).await, [old.clone(), new.clone()]);
    app.clock.advance(599);
    ada.refreshed().await;
    assert_eq!(kid_of(&ada.access), old);
    let last_of_the_old = ada.access.clone();
    app.clock.advance(1);
    ada.refreshed().await;
    assert_eq!(kid_of(&ada.access), new);
    app.clock.advance(298);
    keep_fresh(&app).await;
    app.get_with("/api/me", &last_of_the_old).await.with_status(200);
    app.clock.advance(16 * 60 - 298);
    keep_fresh(&app).await;
    assert_eq!(kids(&app).await.len(), 2);
    app.clock.advance(1);
    keep_fresh(&app).await;
    app.app().keys.reload().await.unwrap();
    assert_eq!(kids(&app).await, [new]);
}

async fn a_key_that_signs_at_once_is_understood_by_the_other_server_at_once(app: TestApp) {
    let other = app.sibling().await;
    let mut ada = app.registered("ada").await;
    for _ in 0..5 {
        let new = rotate(&app, KeyPurpose::Sign, KeyChange::Now).await;
        app.clock.advance(1);
        ada.refreshed().await;
        assert_eq!(kid_of(&ada.access), new);
        other.get_with("/api/me", &ada.access).await.with_status(200);
    }
}

async fn a_new_key_of_refresh_tokens_is_understood_by_the_other_server_at_once(app: TestApp) {
    let other = app.sibling().await;
    let mut ada = app.registered("ada").await;
    let made_with_the_first = ada.refresh.clone();
    for _ in 0..5 {
        rotate(&app, KeyPurpose::Refresh, KeyChange::Now).await;
        app.clock.advance(1);
        ada.refreshed().await;
        let body = json!({"refresh_token": ada.refresh});
        let answer = other.post("/api/auth/refresh", &body).await.with_status(200);
        ada.refresh = answer.body["refresh_token"].as_str().unwrap().to_owned();
    }
    app.clock.advance(60);
    // Made with a key of before, and still known for what it is.
    ada.present(&made_with_the_first, json!({})).await.refused(401, "session_reused");
}

async fn keys_grow_old_and_are_replaced_without_anybody_noticing(app: TestApp) {
    let mut ada = app.registered("ada").await;
    let first = kid_of(&ada.access);
    // Ninety days in steps of an access token's life; the session lives as long.
    for step in 0..25_919 {
        app.clock.advance(300);
        if step % 100 == 0 || step > 25_900 {
            keep_fresh(&app).await;
        }
        if step % 1000 == 0 {
            ada.refreshed().await;
            app.get_with("/api/me", &ada.access).await.with_status(200);
        }
    }
    let ada = app.signed_in("ada").await;
    assert_eq!(kids(&app).await.len(), 2, "announced ten minutes before its time");
    assert_eq!(kid_of(&ada.access), first);
    app.clock.advance(1_200);
    keep_fresh(&app).await;
    let ada = app.signed_in("ada").await;
    assert_ne!(kid_of(&ada.access), first);
    let listed = app.app().keys.list().await.unwrap();
    let in_use = listed.iter().filter(|key| key.state == KeyState::InUse).count();
    assert_eq!((listed.len(), in_use), (4, 2), "one new key for each purpose and no more");
}

async fn a_revoked_key_is_replaced_and_refused_at_once_and_everywhere(app: TestApp) {
    let other = app.sibling().await;
    let mut ada = app.registered("ada").await;
    let revoked = ada.access.clone();
    let id = kid_of(&revoked);
    let revocation = app.app().revoke_key(&id).await.unwrap();
    app.get_with("/api/me", &revoked).await.refused(401, "invalid_token");
    ada.refreshed().await;
    assert_eq!(Some(kid_of(&ada.access)), revocation.replacement);
    ada.get("/api/me").await.with_status(200);
    other.get_with("/api/me", &ada.access).await.with_status(200);
    assert_eq!(kids(&app).await, [kid_of(&ada.access)]);
    for _ in 0..100 {
        if other.get_with("/api/me", &revoked).await.status == 401 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the other server still accepts it after a second");
}

async fn a_revoked_key_of_refresh_tokens_takes_its_sessions_along(app: TestApp) {
    let before = app.registered("ada").await;
    app.clock.advance(100);
    rotate(&app, KeyPurpose::Refresh, KeyChange::Now).await;
    app.clock.advance(1);
    let after = app.signed_in("ada").await;
    let listed = app.app().keys.list().await.unwrap();
    let old = listed
        .iter()
        .find(|key| key.row.purpose == "refresh" && matches!(key.state, KeyState::Superseded(_)));
    let id = old.unwrap().row.id.clone();
    let revocation = app.app().revoke_key(&id).await.unwrap();
    assert_eq!(revocation.sessions, std::slice::from_ref(&before.session));
    assert_eq!(revocation.replacement, None);
    before.present(&before.refresh, json!({})).await.refused(401, "invalid_refresh_token");
    before.get("/api/me").await.refused(401, "session_ended");
    after.present(&after.refresh, json!({})).await.with_status(200);
}

async fn every_algorithm_signs_and_tokens_of_the_one_before_stay_good(app: TestApp) {
    app.registered("ada").await;
    let mut last = None;
    for algorithm in Algorithm::ALL {
        let name = algorithm.as_str();
        let app = app.sibling_with(&[&format!("tokens.algorithm={name}")]).await;
        // The server does so by itself, at some moment after its start.
        app.app().keys.announce(*algorithm).await.unwrap();
        app.clock.advance(600);
        let ada = app.signed_in("ada").await;
        let header = ada.access.split('.').next().unwrap();
        let header =
            base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, header);
        let header: serde_json::Value = serde_json::from_slice(&header.unwrap()).unwrap();
        assert_eq!(header["alg"], name);
        ada.get("/api/me").await.with_status(200);
        only_public_members_are_published(&app, *algorithm).await;
        if let Some(last) = last.replace(ada.access.clone()) {
            app.clock.advance(-400);
            app.get_with("/api/me", &last).await.with_status(200);
            app.clock.advance(400);
        }
    }
}

async fn only_public_members_are_published(app: &TestApp, algorithm: Algorithm) {
    let published = app.get("/.well-known/jwks.json").await;
    let keys = published.body["keys"].as_array().unwrap();
    let is_there = keys.iter().any(|key| key["alg"] == algorithm.as_str());
    assert_eq!(is_there, algorithm.is_public());
    for key in keys {
        assert!(key["kid"].is_string() && key["use"] == "sig" && key["kty"] != "oct");
        for secret in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key.get(secret).is_none(), "{secret} is published");
        }
    }
}

async fn of_many_who_find_a_key_grown_old_one_adds_the_next(app: TestApp) {
    let other = app.sibling().await;
    for round in 1..=3 {
        app.clock.advance(90 * 86_400);
        let all = (0..8).map(|at| keep_fresh([&app, &other][at % 2]));
        futures::future::join_all(all).await;
        let listed = app.app().keys.list().await.unwrap();
        let pending = listed.iter().filter(|key| matches!(key.state, KeyState::Pending(_)));
        assert_eq!(pending.count(), 2, "round {round}: one new key for each purpose");
    }
}

const PEM_OF_RFC_8037: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----";

async fn a_key_that_was_revoked_cannot_come_back(app: TestApp) {
    let import = async || {
        let key = import_key(PEM_OF_RFC_8037, None).unwrap();
        app.app().keys.import(key, KeyChange::Now).await
    };
    let id = import().await.unwrap();
    assert!(matches!(import().await, Err(KeyError::Known(_))));
    app.clock.advance(1);
    app.app().revoke_key(&id).await.unwrap();
    assert!(matches!(import().await, Err(KeyError::Known(_))));
    let again = app.app().revoke_key(&id).await;
    assert!(matches!(again, Err(KeyError::NoKey(_))));
}

async fn a_key_of_refresh_tokens_stays_for_as_long_as_a_session_may_live(app: TestApp) {
    rotate(&app, KeyPurpose::Refresh, KeyChange::Now).await;
    app.clock.advance(90 * 86_400);
    keep_fresh(&app).await;
    let count = async || {
        let listed = app.app().keys.list().await.unwrap();
        listed.iter().filter(|key| key.row.purpose == "refresh").count()
    };
    // The one that was superseded, the one in use, and the one that its age has brought.
    assert_eq!(count().await, 3);
    app.clock.advance(1);
    keep_fresh(&app).await;
    assert_eq!(count().await, 2);
}

async fn an_rsa_key_is_made_and_signs_on_a_thread_where_no_request_waits(app: TestApp) {
    let ada = app.registered("ada").await;
    let claims = carnet_shared::Claims::clone(&app.app().verify(&ada.access).await.unwrap());
    app.app().keys.rotate(KeyPurpose::Sign, Algorithm::RS256, KeyChange::Now).await.unwrap();
    let (ring, now) = (app.keys().ring(), app.now());
    let signing = std::thread::spawn(move || signed_while_no_thread_is_free(ring, claims, now));
    let token = signing.join().unwrap();
    app.app().verify(&token).await.unwrap();
}

/// Signs in a runtime whose only thread for blocking work is taken until the signature was found to
/// wait for it: one that is made on the thread of the requests is there at once.
fn signed_while_no_thread_is_free(
    ring: Arc<KeyRing>,
    claims: carnet_shared::Claims,
    now: i64,
) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build();
    runtime.unwrap().block_on(async {
        let (release, released) = std::sync::mpsc::channel::<()>();
        let taken = tokio::task::spawn_blocking(move || released.recv());
        let mut signing = std::pin::pin!(ring.sign(claims, now));
        assert!(futures::poll!(&mut signing).is_pending());
        release.send(()).unwrap();
        taken.await.unwrap().unwrap();
        signing.await.unwrap()
    })
}

#[tokio::test]
async fn the_self_test_signs_with_every_key() {
    let app = TestApp::on_sqlite(&[]).await;
    for algorithm in [Algorithm::EdDSA, Algorithm::HS256] {
        app.app().keys.rotate(KeyPurpose::Sign, algorithm, KeyChange::Now).await.unwrap();
    }
    app.app().keys.self_test().unwrap();
}

#[tokio::test]
async fn a_given_secret_is_exchanged_only_with_the_one_before_at_hand() {
    let app = TestApp::on_postgres(&[]).await;
    let refused = app.app().keys.replace_secret().await.unwrap_err().to_string();
    assert!(refused.starts_with("CARNET_PREVIOUS_SECRET: must hold"), "{refused}");
    let secrets = |current: &str, previous: Option<&str>| GivenSecrets {
        current: Some(carnet_shared::Secret::new(current.repeat(40))),
        previous: previous.map(|text| carnet_shared::Secret::new(text.repeat(40))),
    };
    assert!(app.sibling_with_secrets(secrets("n", None)).await.is_err());
    // Every instance is started anew with both, one after the other; then the keys move.
    let both = GivenSecrets {
        current: secrets("n", None).current,
        previous: Some(carnet_shared::Secret::new(crate::support::SECRET)),
    };
    let between = app.sibling_with_secrets(both).await.unwrap();
    let mut ada = app.registered("ada").await;
    assert_eq!(between.app().keys.replace_secret().await.unwrap(), 2);
    ada.refreshed().await;
    between.get_with("/api/me", &ada.access).await.with_status(200);
    let after = app.sibling_with_secrets(secrets("n", None)).await.unwrap();
    after.get_with("/api/me", &ada.access).await.with_status(200);
    let body = json!({"refresh_token": ada.refresh});
    after.post("/api/auth/refresh", &body).await.with_status(200);
}

#[tokio::test]
async fn a_weak_key_in_the_database_stops_the_start() {
    let app = TestApp::on_sqlite(&[]).await;
    let given = || GivenSecrets {
        current: Some(carnet_shared::Secret::new(crate::support::SECRET)),
        previous: None,
    };
    let url = &app.app().settings.database.url;
    let random = carnet_server::random::SystemRandom;
    let secrets = SecretPlace::find(given(), url).unwrap().open_or_make(&random).unwrap();
    let key = NewKey {
        id: "weak".to_owned(),
        purpose: KeyPurpose::Sign,
        ordinal: 2,
        algorithm: "HS256".to_owned(),
        sealed: Sealed::seal(&secrets, "sign|HS256|weak", b"sixteen bytes ..", &random),
        active_at: 0,
    };
    app.store().add_key(&key, 0).await.unwrap();
    let Err(refused) = app.sibling_with_secrets(given()).await else { panic!("it started") };
    let refused = refused.to_string();
    assert!(refused.starts_with("key weak: it is too weak"), "{refused}");
    assert!(!refused.contains("sixteen"));
}
