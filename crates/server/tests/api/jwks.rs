use serde_json::json;

use crate::support::{TestApp, on_both};

on_both![only_public_members_are_published, both_servers_of_a_deployment_have_the_same_keys];

async fn only_public_members_are_published(app: TestApp) {
    let answer = app.get("/.well-known/jwks.json").await.with_status(200);
    assert_eq!(answer.header("content-type"), "application/jwk-set+json");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    let keys = answer.body["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1);
    let mut names: Vec<&String> = keys[0].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!((&keys[0]["alg"], &keys[0]["use"]), (&json!("ES256"), &json!("sig")));
}

async fn both_servers_of_a_deployment_have_the_same_keys(app: TestApp) {
    let (one, two) = futures::join!(app.sibling(), app.sibling());
    let keys = app.get("/.well-known/jwks.json").await.body;
    assert_eq!(one.get("/.well-known/jwks.json").await.body, keys);
    assert_eq!(two.get("/.well-known/jwks.json").await.body, keys);
}
