//! What operators count.

use std::net::TcpListener;

use crate::server::{Folder, Server};

#[tokio::test]
async fn what_is_counted_is_served_on_an_address_of_its_own() {
    let folder = Folder::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("metrics.address=127.0.0.1:{port}");
    let server = Server::start(&folder, &["--set", &address]);
    folder.add_user("ada");
    let client = reqwest::Client::new();
    let answer = server.login(&client, "ada").await;
    let first = answer["refresh_token"].as_str().unwrap();
    for _ in 0..3 {
        let body = serde_json::json!({"refresh_token": first});
        let request = client.post(format!("{}/api/auth/refresh", server.url)).json(&body);
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    let text = reqwest::get(format!("http://127.0.0.1:{port}/metrics")).await.unwrap();
    let text = text.text().await.unwrap();
    for line in [
        r#"carnet_refresh_decisions_total{decision="advance"} 1"#,
        r#"carnet_refresh_decisions_total{decision="raced"} 2"#,
        r#"carnet_events_total{kind="login_succeeded"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    let public = reqwest::get(format!("{}/metrics", server.url)).await.unwrap();
    assert_eq!(public.status(), 404);
    let mut taken =
        folder.command(&["serve", "--set", &address, "--set", "server.address=127.0.0.1:0"]);
    assert!(folder.complains(&mut taken).contains("metrics.address: cannot listen on"));
}
