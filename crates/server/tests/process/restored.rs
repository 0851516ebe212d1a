//! A database that was restored from an older copy.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::server::{Folder, Server};

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    // As the server makes it: it warns of a folder that others can enter.
    fs::DirBuilder::new().mode(0o700).create(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

async fn refresh(server: &Server, token: &Value) -> (u16, Value) {
    let request = reqwest::Client::new().post(format!("{}/api/auth/refresh", server.url));
    let answer = request.json(&json!({"refresh_token": token})).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn after_an_older_copy_is_restored_everyone_can_be_signed_out() {
    let folder = Folder::new();
    let settings = ["--set", "tokens.issuer=https://carnet.test"];
    let server = Server::start(&folder, &settings);
    folder.add_user("ada");
    let client = reqwest::Client::new();
    let ended = server.login(&client, "ada").await["refresh_token"].clone();
    let other = server.login(&client, "ada").await["refresh_token"].clone();
    assert!(server.stop().success());
    let (data, backup) = (folder.0.join("data"), folder.0.join("backup"));
    copy(&data, &backup);
    let server = Server::start(&folder, &settings);
    let body = json!({"refresh_token": ended});
    let logout = client.post(format!("{}/api/auth/logout", server.url)).json(&body).send().await;
    assert_eq!(logout.unwrap().status(), 204);
    assert_eq!(refresh(&server, &ended).await.0, 401);
    assert!(server.stop().success());

    copy(&backup, &data);
    let server = Server::start(&folder, &settings);
    let (status, revived) = refresh(&server, &ended).await;
    assert_eq!(status, 200, "the copy knows nothing of the sign-out");
    let said = folder.complains(&mut folder.command(&["session", "end", "--everyone"]));
    assert!(said.contains("--yes"), "{said}");
    let said = folder.says(&["session", "end", "--everyone", "--yes"]);
    assert_eq!(said, "Ended 2 sessions: everybody has to sign in again.\n");
    for token in [&revived["refresh_token"], &other] {
        assert_eq!(refresh(&server, token).await.0, 401);
    }
    let access = revived["access_token"].as_str().unwrap();
    let mut looks = 0;
    loop {
        let request = client.get(format!("{}/api/auth/session", server.url)).bearer_auth(access);
        if request.send().await.unwrap().status() == 401 {
            break;
        }
        looks += 1;
        assert!(looks < 500, "the access token is still accepted");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    // Whoever signs in again is signed in.
    let again = server.login(&client, "ada").await;
    let request = client.get(format!("{}/api/me", server.url));
    let answer = request.bearer_auth(again["access_token"].as_str().unwrap()).send().await;
    assert_eq!(answer.unwrap().status(), 200);
    assert_eq!(refresh(&server, &again["refresh_token"]).await.0, 200);
}
