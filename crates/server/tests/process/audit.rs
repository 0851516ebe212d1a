//! How an operator reads the audit trail.

use serde_json::Value;

use crate::server::{Folder, PASSWORD, Server};

#[tokio::test]
async fn an_operator_reads_the_trail_as_a_table_and_a_program_as_lines() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    folder.add_user("ada");
    let client = reqwest::Client::new();
    let body = serde_json::json!({"login": "ada", "password": PASSWORD});
    let login = client.post(format!("{}/api/auth/login", server.url)).json(&body);
    // It turns the direction of what follows.
    let device = "\u{202e}a device of Firefox/140 on Linux";
    let answer = login.header("user-agent", device.as_bytes()).send().await.unwrap();
    let request_id = answer.headers()["x-request-id"].as_bytes().to_vec();
    let request_id = String::from_utf8(request_id).unwrap();
    let answer: Value = answer.json().await.unwrap();
    let session = answer["session"]["id"].as_str().unwrap();

    let table = folder.says(&["audit", "ada", "--kind", "login_succeeded"]);
    let line = table.lines().nth(1).unwrap();
    for part in ["login_succeeded", "ada", "127.0.0.1", "Firefox on Linux", session, &request_id] {
        assert!(line.contains(part), "{table}");
    }
    assert_eq!(table.lines().count(), 2, "{table}");
    let lines = folder.says(&["audit", "--json", "--since", "1h"]);
    assert!(!lines.contains('\u{202e}'), "{lines}");
    let events: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let login = events.iter().find(|event| event["kind"] == "login_succeeded").unwrap();
    assert_eq!((&login["device"], &login["count"]), (&device.into(), &1.into()));
    let created = events.iter().find(|event| event["kind"] == "account_created").unwrap();
    assert!(created["actor"].as_str().unwrap().starts_with("os:"), "{created}");
    assert_eq!(created["device"], "carnet user");
    assert_eq!(folder.says(&["audit", "--since", "2100-01-01T00:00:00Z"]).lines().count(), 1);
    let unknown = folder.run(&["audit", "--kind", "logins"]);
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("login_failed"));
    let unknown = folder.run(&["audit", "--since", "yesterday"]);
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("24h"));
}

#[tokio::test]
async fn what_was_counted_is_recorded_when_the_server_stops() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    let client = reqwest::Client::new();
    for _ in 0..3 {
        server.login(&client, "nobody").await;
    }
    assert!(server.stop().success());
    let table = folder.says(&["audit", "--kind", "login_failed", "--json"]);
    let counts = table.lines().map(|line| {
        let event: Value = serde_json::from_str(line).unwrap();
        event["count"].as_i64().unwrap()
    });
    assert_eq!(counts.sum::<i64>(), 3, "{table}");
}

#[test]
fn under_sudo_the_operator_is_who_called_it() {
    let folder = Folder::new();
    let mut command = folder.command(&["key", "rotate"]);
    assert!(command.env("SUDO_USER", "grace").output().unwrap().status.success());
    let is_root = std::process::Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let said = folder.says(&["audit", "--json"]);
    assert_eq!(said.contains(r#""actor":"os:grace""#), is_root, "{said}");
}
