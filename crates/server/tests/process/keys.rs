//! Keys and their secret, changed by an operator beside a running server.

use crate::server::{Folder, Server, mode};

#[tokio::test]
async fn keys_are_rotated_imported_and_revoked_beside_a_running_server() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    let jwks = async || {
        let answer = reqwest::get(format!("{}/.well-known/jwks.json", server.url)).await.unwrap();
        answer.text().await.unwrap()
    };
    let becomes = async |id: &str, published: bool| {
        for _ in 0..100 {
            if jwks().await.contains(id) == published {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("after a second {id} is still not as it should be");
    };
    let id_of = |said: &str| said.split(' ').nth(1).unwrap().to_owned();
    let said = folder.says(&["key", "rotate"]);
    assert!(said.contains("will be in use in ten minutes"), "{said}");
    becomes(&id_of(&said), true).await;
    let said = folder.says(&["key", "rotate", "--now", "--tokens", "refresh"]);
    assert!(said.contains("is in use now"), "{said}");

    std::fs::write(folder.0.join("key.json"), r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#).unwrap();
    let said = folder.says(&["key", "import", "key.json", "--now"]);
    assert!(said.contains("Set tokens.algorithm to EdDSA"), "{said}");
    let imported = id_of(&said);
    becomes(&imported, true).await;
    let listed = folder.says(&["key", "list"]);
    assert_eq!(listed.lines().count(), 6, "{listed}");
    let said = folder.says(&["key", "revoke", &imported]);
    assert!(said.contains("is revoked") && said.contains("is in use now"), "{said}");
    becomes(&imported, false).await;
    let mut again = folder.command(&["key", "revoke", &imported]);
    assert!(folder.complains(&mut again).contains("there is no key"));
    for (content, complaint) in [
        (r#"{"kty":"oct","k":"c2hvcnQ"}"#, "it is too weak"),
        ("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----", "no private key"),
        ("hello", "neither a PEM nor a JWK"),
    ] {
        std::fs::write(folder.0.join("bad"), content).unwrap();
        let said = folder.complains(&mut folder.command(&["key", "import", "bad"]));
        assert!(said.contains(complaint) && !said.contains("c2hvcnQ"), "{said}");
    }
    let absent = folder.complains(&mut folder.command(&["key", "import", "absent"]));
    assert!(absent.contains("absent: No such file"), "{absent}");
}

#[tokio::test]
async fn a_new_secret_seals_the_keys_and_nobody_notices() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    folder.add_user("ada");
    let client = reqwest::Client::new();
    let answer = server.login(&client, "ada").await;
    let refresh = async |token: &str| -> String {
        let body = serde_json::json!({"refresh_token": token});
        let request = client.post(format!("{}/api/auth/refresh", server.url)).json(&body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let answer: serde_json::Value = answer.json().await.unwrap();
        answer["refresh_token"].as_str().unwrap().to_owned()
    };
    let secret = || std::fs::read_to_string(folder.0.join("data/carnet.secret")).unwrap();
    let mut token = refresh(answer["refresh_token"].as_str().unwrap()).await;
    for _ in 0..3 {
        let before = secret();
        assert!(folder.says(&["secret", "rotate"]).contains("sealed with the new secret"));
        assert_ne!(secret(), before);
        assert_eq!(mode(&folder.0.join("data/carnet.secret")), 0o600);
        assert!(!folder.0.join("data/carnet.secret.previous").exists());
        token = refresh(&token).await;
        // The running server reads a key that was sealed with a secret that it was not started with.
        let said = folder.says(&["key", "rotate", "--now"]);
        let id = said.split(' ').nth(1).unwrap().to_owned();
        let jwks = async || {
            let answer = reqwest::get(format!("{}/.well-known/jwks.json", server.url)).await;
            answer.unwrap().text().await.unwrap()
        };
        let mut looks = 0;
        while !jwks().await.contains(&id) {
            looks += 1;
            assert!(looks < 100, "after a second the new key is not published");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
    assert!(server.stop().success());
    // A crash between the two files and the database: either secret opens.
    std::fs::copy(
        folder.0.join("data/carnet.secret"),
        folder.0.join("data/carnet.secret.previous"),
    )
    .unwrap();
    std::fs::write(folder.0.join("data/carnet.secret"), "n".repeat(40)).unwrap();
    folder.says(&["key", "list"]);
    folder.says(&["secret", "rotate"]);
    assert!(!folder.0.join("data/carnet.secret.previous").exists());
    folder.says(&["key", "list"]);
}
