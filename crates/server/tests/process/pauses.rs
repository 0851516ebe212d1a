//! A server that is stopped hears, before it answers anybody, of what ended meanwhile.

use std::time::Duration;

use reqwest::{Client, StatusCode};
use tokio::time::Instant;

use crate::database::new_postgres;
use crate::server::{Folder, PASSWORD, Server};

const SECRET: &str = "a master secret of the tests, long enough";

/// Two servers on one PostgreSQL: the first is stopped while the second ends a session.
#[tokio::test]
async fn a_stopped_server_refuses_what_was_revoked_at_its_first_answer() {
    let is_full = std::env::var_os("CARNET_FULL").is_some();
    let histories = if is_full { 50 } else { 3 };
    let database = new_postgres().await;
    let folder = Folder::new();
    let start = || {
        let settings =
            ["--set", "tokens.issuer=https://carnet.test", "--set", "limits.enabled=false"];
        Server::start_as(&folder, &settings, |command| {
            command
                .env("CARNET_SECRET", SECRET)
                .env("CARNET_DATABASE__URL", &database)
                .stderr(std::process::Stdio::null())
        })
    };
    let (stopped, other) = (start(), start());
    let client = Client::new();
    register(&client, &other).await;
    let mut slowest = Duration::ZERO;
    for history in 0..histories {
        let login = other.login(&client, "ada").await;
        let text = |name: &str| login[name].as_str().unwrap().to_owned();
        let (access, refresh) = (text("access_token"), text("refresh_token"));
        assert_eq!(ask(&client, &stopped, &access).await, StatusCode::OK);
        stopped.signal("STOP");
        let body = serde_json::json!({"refresh_token": refresh});
        let logout = client.post(format!("{}/api/auth/logout", other.url)).json(&body);
        assert_eq!(logout.send().await.unwrap().status(), StatusCode::NO_CONTENT);
        // It is the time that passes which is tried here: longer than what was once looked back for.
        let pause = if is_full && history == 0 { 66 } else { 3 };
        tokio::time::sleep(Duration::from_secs(pause)).await;
        stopped.signal("CONT");
        let woken = Instant::now();
        assert_eq!(ask(&client, &stopped, &access).await, StatusCode::UNAUTHORIZED, "{history}");
        slowest = slowest.max(woken.elapsed());
    }
    eprintln!("{histories} pauses: none was lost, the slowest first answer took {slowest:.0?}");
}

async fn register(client: &Client, server: &Server) {
    let body = serde_json::json!({
        "email": "ada@example.org", "username": "ada", "password": PASSWORD,
    });
    let request = client.post(format!("{}/api/auth/register", server.url)).json(&body);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::CREATED);
}

async fn ask(client: &Client, server: &Server, access: &str) -> StatusCode {
    let request = client.get(format!("{}/api/auth/session", server.url)).bearer_auth(access);
    request.send().await.unwrap().status()
}
