use std::collections::HashSet;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use carnet_server::keys::{KeyChange, KeyPurpose};
use carnet_verify::Algorithm;
use serde_json::json;

use crate::support::{TestApp, on_both};

on_both![
    each_key_is_named_by_its_thumbprint,
    only_public_members_are_published,
    both_servers_of_a_deployment_have_the_same_keys
];

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

/// RFC 7638, computed here once more: the members that make the key, sorted, without spaces.
async fn each_key_is_named_by_its_thumbprint(app: TestApp) {
    for algorithm in Algorithm::ALL {
        app.app().keys.rotate(KeyPurpose::Sign, *algorithm, KeyChange::Announced).await.unwrap();
    }
    let published = app.get("/.well-known/jwks.json").await.body;
    let keys = published["keys"].as_array().unwrap();
    // The server, which has just started, may find its own algorithm to be no longer the newest.
    let algorithms: HashSet<&str> = keys.iter().filter_map(|key| key["alg"].as_str()).collect();
    assert_eq!(algorithms.len(), 5, "each algorithm that is public");
    let mut seen = HashSet::new();
    for key in keys {
        let members: &[&str] = match key["kty"].as_str().unwrap() {
            "EC" => &["crv", "kty", "x", "y"],
            "OKP" => &["crv", "kty", "x"],
            "RSA" => &["e", "kty", "n"],
            other => panic!("{other} is published"),
        };
        let members: Vec<String> =
            members.iter().map(|name| format!("\"{name}\":{}", key[name])).collect();
        let canonical = format!("{{{}}}", members.join(","));
        let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()));
        assert_eq!(key["kid"], thumbprint);
        assert!(key["alg"].is_string() && key["use"] == "sig");
        assert!(seen.insert(thumbprint));
    }
}

async fn both_servers_of_a_deployment_have_the_same_keys(app: TestApp) {
    let (one, two) = futures::join!(app.sibling(), app.sibling());
    let keys = app.get("/.well-known/jwks.json").await.body;
    assert_eq!(one.get("/.well-known/jwks.json").await.body, keys);
    assert_eq!(two.get("/.well-known/jwks.json").await.body, keys);
}
