//! A session for a browser test, from the command line.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use reqwest::Client;
use serde_json::{Value, json};

use crate::server::{Folder, Server, mode};

const COMMAND: [&str; 3] = ["dev", "storage-state", "ada"];

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// How many sessions Ada has.
fn sessions(folder: &Folder) -> usize {
    folder.says(&["session", "list", "ada"]).lines().count() - 1
}

#[tokio::test]
async fn a_storage_state_holds_a_session_that_the_running_server_takes() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    folder.add_user("ada");
    let (_, port) = server.url.rsplit_once(':').unwrap();
    let address = format!("server.address=127.0.0.1:{port}");
    let state = read(&folder.says(&[&COMMAND[..], &["--set", &address]].concat()));
    let cookie = &state["cookies"][0];
    assert_eq!(state["origins"], json!([]));
    assert_eq!(state["cookies"].as_array().unwrap().len(), 1);
    assert_eq!(cookie["name"], format!("carnet-{port}"));
    assert_eq!((&cookie["domain"], &cookie["path"]), (&json!("127.0.0.1"), &json!("/")));
    assert_eq!((&cookie["httpOnly"], &cookie["secure"]), (&json!(true), &json!(false)));
    assert_eq!(cookie["sameSite"], "Lax");
    assert!(cookie["expires"].as_i64().unwrap() > 1_700_000_000, "{cookie}");

    let value = cookie["value"].as_str().unwrap();
    let refresh = Client::new().post(format!("{}/api/auth/refresh", server.url));
    let refresh = refresh.header("origin", &server.url).json(&json!({}));
    let refresh = refresh.header("cookie", format!("carnet-{port}={value}"));
    let answer: Value = refresh.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["user"]["username"], "ada", "{answer}");

    let trail = folder.says(&["audit", "ada", "--kind", "login_succeeded", "--json"]);
    let event = read(&trail);
    assert!(event["actor"].as_str().unwrap().starts_with("os:"), "{event}");
    assert_eq!((&event["address"], &event["detail"]), (&json!("local"), &json!("operator")));
    assert_eq!(event["device"], "carnet dev storage-state");
    assert_eq!(event["session_id"], answer["session"]["id"]);
    assert!(server.stop().success());
}

#[test]
fn a_storage_state_in_a_file_is_for_its_owner_and_replaces_only_another_one() {
    let folder = Folder::new();
    folder.add_user("ada");
    let file = folder.0.join("ada.json");
    let command = [&COMMAND[..], &["--output", "ada.json"]].concat();
    assert_eq!(folder.says(&command), "ada.json signs one browser context in as ada.\n");
    let first = read(&fs::read_to_string(&file).unwrap());
    assert_eq!(mode(&file), 0o600);

    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    folder.says(&command);
    let second = read(&fs::read_to_string(&file).unwrap());
    assert_ne!(first["cookies"][0]["value"], second["cookies"][0]["value"]);
    assert_eq!((mode(&file), sessions(&folder)), (0o600, 2));

    fs::write(&file, "my notes").unwrap();
    let said = folder.complains(&mut folder.command(&command));
    assert!(said.contains("ada.json is there already and is no storage state"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "my notes");
    let into_a_folder = [&COMMAND[..], &["--output", "data"]].concat();
    assert!(folder.complains(&mut folder.command(&into_a_folder)).contains("data is there"));
    let nowhere = [&COMMAND[..], &["--output", "nowhere/ada.json"]].concat();
    assert!(folder.complains(&mut folder.command(&nowhere)).contains("nowhere/ada.json: "));
    // A session whose state could not be written is over.
    assert_eq!(sessions(&folder), 2);
}

#[test]
fn nobody_is_signed_in_for_a_server_of_the_network_or_one_without_cookies() {
    let folder = Folder::new();
    folder.add_user("ada");
    for (setting, complaint) in [
        ("server.public_url=https://id.example.org", "set server.public_url to such as http://127"),
        ("client.delivery=body", "set client.delivery to \"cookie\""),
    ] {
        let command = [&COMMAND[..], &["--set", setting]].concat();
        let said = folder.complains(&mut folder.command(&command));
        assert!(said.contains(complaint), "{said}");
    }
    folder.says(&["user", "disable", "ada"]);
    let said = folder.complains(&mut folder.command(&COMMAND));
    assert!(said.contains("`carnet user enable ada`"), "{said}");
    let said = folder.complains(&mut folder.command(&["dev", "storage-state", "grace"]));
    assert_eq!(said, "carnet: there is no user grace; `carnet user list` prints them\n");
    assert_eq!(sessions(&folder), 0);
}
